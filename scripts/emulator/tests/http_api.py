"""Routes to functions and authorizers of HTTP APIs, as tests need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.aws import Api, Aws

# Answers with the event that it got.
ECHO = (
    "import json\n\n\ndef handler(event, context):\n"
    "    return {'statusCode': 200, 'body': json.dumps(event)}\n"
)


def authorizer(aws: Aws, api: Api, issuer: str, *audience: str) -> str:
    """The id of a new JWT authorizer."""
    created = aws.client("apigatewayv2").create_authorizer(
        ApiId=api.api_id,
        AuthorizerType="JWT",
        Name="jwt",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": list(audience)},
    )
    identity: str = created["AuthorizerId"]
    return identity


def function_route(aws: Aws, api: Api, key: str, code: str = ECHO, **settings: Any) -> str:
    """A route to a new function that the API may invoke; the function's name."""
    function = aws.function(code)
    gateway = aws.client("apigatewayv2")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    integration = gateway.create_integration(
        ApiId=api.api_id,
        IntegrationType="AWS_PROXY",
        PayloadFormatVersion="2.0",
        IntegrationUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}"
        "/invocations",
    )["IntegrationId"]
    target = f"integrations/{integration}"
    gateway.create_route(ApiId=api.api_id, RouteKey=key, Target=target, **settings)
    aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api.api_id}/*",
    )
    return function
