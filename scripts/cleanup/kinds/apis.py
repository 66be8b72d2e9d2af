"""API Gateway: HTTP APIs and REST APIs with their stages, usage plans and API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look_at_api(aws: Aws, target: Target) -> Facts | None:
    return Facts((aws.client("apigatewayv2").get_api(ApiId=target.id)["Name"],))


def _delete_api(aws: Aws, target: Target) -> None:
    aws.client("apigatewayv2").delete_api(ApiId=target.id)


def _look_at_stage(aws: Aws, target: Target) -> Facts | None:
    api, _, stage = target.id.partition("/stages/")
    client = aws.client("apigatewayv2")
    client.get_stage(ApiId=api, StageName=stage)
    return Facts((client.get_api(ApiId=api)["Name"],))


def _look_at_rest_api(aws: Aws, target: Target) -> Facts | None:
    return Facts((aws.client("apigateway").get_rest_api(restApiId=target.id)["name"],))


def _delete_rest_api(aws: Aws, target: Target) -> None:
    aws.client("apigateway").delete_rest_api(restApiId=target.id)


def _look_at_rest_stage(aws: Aws, target: Target) -> Facts | None:
    api, _, stage = target.id.partition("/stages/")
    client = aws.client("apigateway")
    client.get_stage(restApiId=api, stageName=stage)
    return Facts((client.get_rest_api(restApiId=api)["name"],))


def _look_at_plan(aws: Aws, target: Target) -> Facts | None:
    return Facts((aws.client("apigateway").get_usage_plan(usagePlanId=target.id)["name"],))


def _delete_plan(aws: Aws, target: Target) -> None:
    client = aws.client("apigateway")
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


def _look_at_key(aws: Aws, target: Target) -> Facts | None:
    return Facts((aws.client("apigateway").get_api_key(apiKey=target.id)["name"],))


def _delete_key(aws: Aws, target: Target) -> None:
    aws.client("apigateway").delete_api_key(apiKey=target.id)


def _api_of(arn: str) -> str:
    return arn.partition("/stages/")[0]


KINDS = (
    Kind("API key", 20, r"apigateway:/apikeys/([^/]+)", _look_at_key, _delete_key),
    Kind("usage plan", 21, r"apigateway:/usageplans/([^/]+)", _look_at_plan, _delete_plan),
    Kind("HTTP API", 22, r"apigateway:/apis/([^/]+)", _look_at_api, _delete_api),
    Kind("REST API", 22, r"apigateway:/restapis/([^/]+)", _look_at_rest_api, _delete_rest_api),
    Kind(
        "stage",
        22,
        r"apigateway:/apis/([^/]+/stages/[^/]+)",
        _look_at_stage,
        None,
        whole=_api_of,
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
