"""Routes to functions: API Gateway needs the function's permission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.client import send

if TYPE_CHECKING:
    from tests.aws import Api, Aws

ANSWER = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}\n"


@pytest.fixture(scope="module")
def api(aws: Aws) -> tuple[Api, str]:
    """An HTTP API with `GET /commands/{id}` to a function, and the function's name."""
    api = aws.api(aws.queue())
    function = aws.function(ANSWER)
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    gateway = aws.client("apigatewayv2")
    integration = gateway.create_integration(
        ApiId=api.api_id,
        IntegrationType="AWS_PROXY",
        PayloadFormatVersion="2.0",
        IntegrationUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}"
        "/invocations",
    )
    gateway.create_route(
        ApiId=api.api_id,
        RouteKey="GET /commands/{id}",
        Target=f"integrations/{integration['IntegrationId']}",
    )
    return api, function


def allow(aws: Aws, function: str, statement: str, source: str) -> None:
    """Let API Gateway invoke the function for a source ARN."""
    aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId=statement,
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source,
    )


def test_without_permission_the_client_gets_an_internal_error(
    aws: Aws, api: tuple[Api, str]
) -> None:
    """Neither no policy nor one for another API lets this API in."""
    http_api, function = api
    url = f"{http_api.endpoint}/commands/1"

    before = send("GET", url)
    allow(aws, function, "other", "arn:aws:execute-api:us-east-1:000000000000:other/*")

    assert before.status == 500
    assert json.loads(before.text) == {"message": "Internal Server Error"}
    assert send("GET", url).status == 500


@pytest.mark.parametrize("pattern", ["/*", "/*/GET/commands/{id}", "/$default/GET/*"])
def test_a_permission_for_the_route_lets_the_api_in(
    aws: Aws, api: tuple[Api, str], pattern: str
) -> None:
    """The usual forms of a source ARN match."""
    http_api, function = api
    base = f"arn:aws:execute-api:us-east-1:000000000000:{http_api.api_id}"
    allow(aws, function, "ours", base + pattern)

    answer = send("GET", f"{http_api.endpoint}/commands/1")
    aws.client("lambda").remove_permission(FunctionName=function, StatementId="ours")

    assert answer.status == 200
    assert answer.text == "/commands/1"
    assert answer.headers["apigw-requestid"].endswith("=")
