"""A function behind routes of the probes' APIs, which answers with the token that it gets."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.prove.assumption import expect
from scripts.prove.lambdas import function, function_role

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_CODE = """\
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    return {"statusCode": 200, "body": headers.get("authorization", "none")}
"""


def token_function(scene: Scene) -> str:
    """The ARN of the function, which every API of the account may call."""
    _, role = function_role(scene)
    name, arn = function(scene, role, _CODE)
    partition, _, region, account = arn.split(":")[1:5]
    scene.client("lambda").add_permission(
        FunctionName=name,
        StatementId="Apis",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:{partition}:execute-api:{region}:{account}:*/*",
    )
    return arn


def expect_token(scene: Scene, url: str) -> str:
    """Expect that the token of a request arrives at the function behind a new route."""

    def reached() -> bool:
        return scene.http("POST", url, "{}").status == HTTPStatus.OK

    scene.ready(reached, "the route to the function is deployed")
    token = f"Bearer {uuid.uuid4().hex}"
    answer = scene.http("POST", url, "{}", {"authorization": token})
    expect(answer.status == HTTPStatus.OK, f"status {answer.status}")
    expect(answer.body == token, f"the function got {answer.body[:10]}")
    return "the token, as it was sent"
