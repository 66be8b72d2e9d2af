"""Lambda functions, and what stands around each: event source mapping, rule, log group, role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target, call, named, tag_map
from scripts.cleanup.resource import LAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.cleanup.aws import Aws

# Worth asking for their tags; these decide.
MAYBE_TEMPORARY = re.compile(r"-(?:test|pr-[1-9][0-9]*)(?:-|$)")
# What the modules of functions and APIs put before a log group's name.
_PLACES = ("/aws/lambda/", "/aws/vendedlogs/apigateway/")


def _look_at_mapping(aws: Aws, target: Target) -> Facts | None:
    mapping = aws.client("lambda").get_event_source_mapping(UUID=target.id)
    if mapping["State"] == "Deleting":
        return None
    return Facts((_function(mapping["FunctionArn"]),))


def _search_mappings(aws: Aws) -> Iterator[tuple[str, Mapping[str, str]]]:
    client = aws.client("lambda")
    for page in client.get_paginator("list_event_source_mappings").paginate():
        for one in page["EventSourceMappings"]:
            if MAYBE_TEMPORARY.search(_function(one["FunctionArn"])):
                arn = one["EventSourceMappingArn"]
                yield arn, client.list_tags(Resource=arn).get("Tags", {})


def _function(arn: str) -> str:
    # With or without the qualifier of a version or an alias.
    return arn.split(":")[6]


def _delete_rule(aws: Aws, target: Target) -> None:
    client = aws.client("events")
    while targets := client.list_targets_by_rule(Rule=target.id)["Targets"]:
        answer = client.remove_targets(Rule=target.id, Ids=[one["Id"] for one in targets])
        if answer["FailedEntryCount"]:
            break  # AWS then refuses to delete the rule, and says why
    client.delete_rule(Name=target.id)


def _look_at_log_group(aws: Aws, target: Target) -> Facts | None:
    pages = aws.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=target.id):
        if any(one["logGroupName"] == target.id for one in page["logGroups"]):
            place = next((one for one in _PLACES if target.id.startswith(one)), "")
            return Facts((target.id.removeprefix(place),))
    return None


def _look_at_role(aws: Aws, target: Target) -> Facts | None:
    aws.client("iam").get_role(RoleName=target.id)
    profiles = aws.client("iam").list_instance_profiles_for_role(RoleName=target.id)
    used = "an instance profile uses it" if profiles["InstanceProfiles"] else ""
    return Facts((target.id,), used)


def _delete_role(aws: Aws, target: Target) -> None:
    client, role = aws.client("iam"), target.id
    for page in client.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            client.delete_role_policy(RoleName=role, PolicyName=name)
    for page in client.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for one in page["AttachedPolicies"]:
            client.detach_role_policy(RoleName=role, PolicyArn=one["PolicyArn"])
    client.delete_role(RoleName=role)


def _search_roles(aws: Aws) -> Iterator[tuple[str, Mapping[str, str]]]:
    client = aws.client("iam")
    for page in client.get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            if MAYBE_TEMPORARY.search(role["RoleName"]):
                tags = client.get_paginator("list_role_tags").paginate(RoleName=role["RoleName"])
                yield role["Arn"], tag_map(tag for one in tags for tag in one["Tags"])


KINDS = (
    Kind(
        "event source mapping",
        0,
        r"lambda:event-source-mapping:([^:]+)",
        _look_at_mapping,
        call("lambda", "delete_event_source_mapping", "UUID"),
        search=_search_mappings,
    ),
    Kind(
        "rule",
        5,
        r"events:rule/([^/]+)",  # on the default bus
        named(call("events", "describe_rule", "Name")),
        _delete_rule,
    ),
    Kind(
        "function",
        10,
        r"lambda:function:([^:]+)",
        named(call("lambda", "get_function_configuration", "FunctionName")),
        call("lambda", "delete_function", "FunctionName"),
    ),
    Kind(
        "log group",
        80,
        r"logs:log-group:([^:]+)(?::\*)?",
        _look_at_log_group,
        call("logs", "delete_log_group", "logGroupName"),
    ),
    Kind(
        "role",
        LAST,
        r"iam:role/(?:.+/)?([^/]+)",
        _look_at_role,
        _delete_role,
        search=_search_roles,
    ),
)
