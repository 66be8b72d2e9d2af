"""What the design assumes about AWS holds on the local stack, as far as it can answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scripts.prove.assumptions import ASSUMPTIONS
from scripts.prove.prover import HELD, Prover
from scripts.settings import read_settings
from tests.targets import target

if TYPE_CHECKING:
    from tests.environment import Environment

_MARK = "-test-prove-"


def remaining(environment: Environment) -> set[str]:
    """What a run could have left behind: ARNs by tags, and names of what has no tags here."""
    tagging = environment.client("resourcegroupstaggingapi")
    tagged = {"Key": "ManagedBy", "Values": ["scripts.prove"]}
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=[tagged])
    found = {one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]}
    roles = environment.client("iam").get_paginator("list_roles").paginate()
    names = {role["RoleName"] for page in roles for role in page["Roles"]}
    names |= {api["Name"] for api in environment.client("apigatewayv2").get_apis()["Items"]}
    names |= {api["name"] for api in environment.client("apigateway").get_rest_apis()["items"]}
    mappings = environment.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    names |= {mapping["EventSourceArn"] for mapping in mappings}
    names |= set(environment.client("sqs").list_queues()["QueueUrls"])
    names |= set(environment.client("dynamodb").list_tables()["TableNames"])
    return found | {name for name in names if _MARK in name}


def test_every_assumption_holds_or_says_why_not(environment: Environment) -> None:
    """At least thirty are answered here, none is refuted, and nothing is left behind."""
    here = replace(
        target(environment.outputs, environment.client, local=True), settings=read_settings("dev")
    )
    prover = Prover(here)

    findings = {finding.assumption.id: finding for finding in prover.prove(ASSUMPTIONS)}

    assert findings.keys() == {one.id for one in ASSUMPTIONS}
    answered = [findings[one.id] for one in ASSUMPTIONS if one.answered_locally]
    assert [(one.assumption.id, one.seen) for one in answered if one.verdict != HELD] == []
    assert len(answered) >= 30
    assert prover.left == []
    assert remaining(environment) == set()
