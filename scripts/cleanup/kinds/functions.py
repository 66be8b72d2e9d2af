"""Lambda: event source mappings, and functions with their versions, aliases and URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.cleanup.aws import Aws

# Worth asking for their tags; these decide.
MAYBE_TEMPORARY = re.compile(r"-(?:test|pr-[1-9][0-9]*)(?:-|$)")


def _look_at_mapping(aws: Aws, target: Target) -> Facts | None:
    mapping = aws.client("lambda").get_event_source_mapping(UUID=target.id)
    if mapping["State"] == "Deleting":
        return None
    return Facts((_function(mapping["FunctionArn"]),))


def _delete_mapping(aws: Aws, target: Target) -> None:
    aws.client("lambda").delete_event_source_mapping(UUID=target.id)


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


def _look_at_function(aws: Aws, target: Target) -> Facts | None:
    aws.client("lambda").get_function_configuration(FunctionName=target.id)
    return Facts((target.id,))


def _delete_function(aws: Aws, target: Target) -> None:
    aws.client("lambda").delete_function(FunctionName=target.id)


KINDS = (
    Kind(
        "event source mapping",
        0,
        r"lambda:event-source-mapping:([^:]+)",
        _look_at_mapping,
        _delete_mapping,
        search=_search_mappings,
    ),
    Kind("function", 10, r"lambda:function:([^:]+)", _look_at_function, _delete_function),
)
