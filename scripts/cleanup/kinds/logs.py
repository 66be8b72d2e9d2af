"""Log groups of functions and APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws

# What modules/function, modules/http_api and modules/rest_api put before their name.
_PLACES = ("/aws/lambda/", "/aws/vendedlogs/apigateway/")


def _look(aws: Aws, target: Target) -> Facts | None:
    pages = aws.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=target.id):
        if any(one["logGroupName"] == target.id for one in page["logGroups"]):
            place = next((one for one in _PLACES if target.id.startswith(one)), "")
            return Facts((target.id.removeprefix(place),))
    return None


def _delete(aws: Aws, target: Target) -> None:
    aws.client("logs").delete_log_group(logGroupName=target.id)


KINDS = (Kind("log group", 80, r"logs:log-group:([^:]+)(?::\*)?", _look, _delete),)
