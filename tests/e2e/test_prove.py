"""What the design assumes about AWS holds on the local stack, as far as it can answer."""

from __future__ import annotations

import os
import secrets
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from scripts.prove.assumptions import ASSUMPTIONS
from scripts.prove.prover import HELD, REFUTED, Prover
from scripts.settings import read_settings
from scripts.target.temporary import Temporary, new_name
from tests.e2e.changes import applied
from tests.targets import target

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.target.target import Target
    from tests.environment import Environment


# A secret of terraform.tfvars, so that none comes and goes.
KEY = "third-party-api-key"


def here(environment: Environment) -> Target:
    """The environment as the tool's target."""
    at = target(environment.outputs, environment.client, local=True)
    return replace(at, settings=read_settings("dev"))


def remaining(environment: Environment, mark: str = "-test-prove-") -> set[str]:
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
    groups = environment.client("logs").describe_log_groups()["logGroups"]
    names |= {group["logGroupName"] for group in groups}
    return found | {name for name in names if mark in name}


def test_every_assumption_holds_or_says_why_not(environment: Environment) -> None:
    """At least thirty are answered here, none is refuted, and nothing is left behind."""
    prover = Prover(here(environment))

    findings = {finding.assumption.id: finding for finding in prover.prove(ASSUMPTIONS)}

    assert findings.keys() == {one.id for one in ASSUMPTIONS}
    answered = [findings[one.id] for one in ASSUMPTIONS if one.answered_locally]
    others = {one.assumption.id: one.seen for one in answered if one.verdict != HELD}
    assert others == {
        "reports-need-their-token-alone": "the environment takes no reports: api.outcomes is false",
        "stored-command-is-relayed": (
            "no outbox relay reads the stream: notifications = {}, or batches are on"
        ),
        "callback-is-signed": "the environment has no webhooks: notifications.webhooks is null",
        "watched-command-is-told": "the environment has no push: notifications.push is null",
    }
    assert len(answered) >= 30
    assert prover.left == []
    assert remaining(environment) == set()


@pytest.mark.long
def test_what_is_optional_is_proved_where_it_is_on(environment: Environment) -> None:
    """A signature as a receiver sees it, the end of a watched command, reports and the relay."""
    port = urlsplit(environment.deployment.stack.endpoint).port
    receivers = {"allowed_hosts": ["127.0.0.1"], "allowed_ports": [port]}
    receivers |= {"allow_http": True, "allow_loopback": True, "secrets": [KEY]}
    notifications = {"push": {}, "webhooks": receivers}
    api = {"submission": "validated", "outcomes": True}
    outputs = applied(environment, {"notifications": notifications, "api": api})
    environment.client("secretsmanager").put_secret_value(
        SecretId=outputs["secret_names"][KEY],
        SecretString=f"whsec_{b64encode(secrets.token_bytes(32)).decode()}",
    )
    prover = Prover(here(replace(environment, outputs=outputs)))
    optional = {"reports-need-their-token-alone", "stored-command-is-relayed"}
    chosen = [one for one in ASSUMPTIONS if one.topic in {"push", "webhooks"} or one.id in optional]

    findings = list(prover.prove(chosen))

    tried = [one for one in findings if one.assumption.answered_locally]
    assert {one.assumption.id: one.seen for one in tried if one.verdict != HELD} == {}
    assert optional <= {one.assumption.id for one in tried}
    assert prover.left == []
    applied(environment, {})


@pytest.mark.long
def test_an_environment_is_created_proved_and_destroyed(
    environment: Environment, tmp_path: Path
) -> None:
    """Beside dev, which stays as it is; by tags and names nothing is left."""
    stack = environment.deployment.stack
    outside = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    base = here(environment)
    name = new_name(base.settings)
    temporary = Temporary(base, name, outside | stack.environ, tmp_path)
    dev = remaining(environment, "async-api-dev-")

    with temporary.applied(Console(quiet=True)) as created:
        prover = Prover(created)
        findings = list(prover.prove(ASSUMPTIONS))
        assert created.outputs["api_endpoint"] != environment.outputs["api_endpoint"]
        assert remaining(environment, f"async-api-{name}-")

    assert [one.assumption.id for one in findings if one.verdict == REFUTED] == []
    assert sum(one.verdict == HELD for one in findings) >= 30
    assert (prover.left, temporary.left()) == ([], [])
    assert remaining(environment, f"async-api-{name}-") == remaining(environment) == set()
    assert remaining(environment, "async-api-dev-") == dev
