"""API Gateway: HTTP APIs and REST APIs with their stages, usage plans and API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target, call, named

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws

HTTP, REST = "apigatewayv2", "apigateway"


def _look_at_stage(aws: Aws, target: Target) -> Facts | None:
    api, _, stage = target.id.partition("/stages/")
    client = aws.client(HTTP)
    client.get_stage(ApiId=api, StageName=stage)
    return Facts((client.get_api(ApiId=api)["Name"],))


def _look_at_rest_stage(aws: Aws, target: Target) -> Facts | None:
    api, _, stage = target.id.partition("/stages/")
    client = aws.client(REST)
    client.get_stage(restApiId=api, stageName=stage)
    return Facts((client.get_rest_api(restApiId=api)["name"],))


def _delete_plan(aws: Aws, target: Target) -> None:
    client = aws.client(REST)
    stages = client.get_usage_plan(usagePlanId=target.id).get("apiStages", [])
    # AWS refuses to delete a plan that a stage still stands in.
    if stages:
        client.update_usage_plan(
            usagePlanId=target.id,
            patchOperations=[
                {"op": "remove", "path": "/apiStages", "value": f"{one['apiId']}:{one['stage']}"}
                for one in stages
            ],
        )
    client.delete_usage_plan(usagePlanId=target.id)


def _api_of(arn: str) -> str:
    return arn.partition("/stages/")[0]


KINDS = (
    Kind(
        "API key",
        20,
        r"apigateway:/apikeys/([^/]+)",
        named(call(REST, "get_api_key", "apiKey"), "name"),
        call(REST, "delete_api_key", "apiKey"),
    ),
    Kind(
        "usage plan",
        21,
        r"apigateway:/usageplans/([^/]+)",
        named(call(REST, "get_usage_plan", "usagePlanId"), "name"),
        _delete_plan,
    ),
    Kind(
        "HTTP API",
        22,
        r"apigateway:/apis/([^/]+)",
        named(call(HTTP, "get_api", "ApiId"), "Name"),
        call(HTTP, "delete_api", "ApiId"),
    ),
    Kind(
        "REST API",
        22,
        r"apigateway:/restapis/([^/]+)",
        named(call(REST, "get_rest_api", "restApiId"), "name"),
        call(REST, "delete_rest_api", "restApiId"),
    ),
    Kind(
        "stage", 22, r"apigateway:/apis/([^/]+/stages/[^/]+)", _look_at_stage, None, whole=_api_of
    ),
    Kind(
        "REST stage",
        22,
        r"apigateway:/restapis/([^/]+/stages/[^/]+)",
        _look_at_rest_stage,
        None,
        whole=_api_of,
    ),
)
