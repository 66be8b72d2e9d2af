"""A token's claims on their way into a queue: owners and fair queues."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.client import send
from tests.http_api import authorizer
from tests.issuer import bearer, local_issuer
from tests.polling import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws import Api, Aws, Queue
    from tests.client import Answer
    from tests.issuer import Issuer

OWNER = "$context.authorizer.claims.sub"
ATTRIBUTES = json.dumps(
    {
        "command_id": {"DataType": "String", "StringValue": "${context.requestId}"},
        "owner_from": {"DataType": "String", "StringValue": "MessageGroupId"},
    }
)
ERROR = "$context.authorizer.error"
EXPIRED = "the token has expired"
LOG = json.dumps({"owner": OWNER, "status": "$context.status", "error": ERROR})


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer that the API trusts."""
    with local_issuer() as one:
        yield one


@pytest.fixture(scope="module")
def queue(aws: Aws) -> Queue:
    """A standard queue."""
    return aws.queue()


@pytest.fixture(scope="module")
def group(aws: Aws) -> str:
    """The log group for the API's access log."""
    name = f"/test/{uuid4().hex}"
    aws.client("logs").create_log_group(logGroupName=name)
    return name


@pytest.fixture(scope="module")
def api(aws: Aws, queue: Queue, issuer: Issuer, group: str) -> Api:
    """`POST /commands` into the queue, for bearers of a token only."""
    http_api = aws.api(
        queue,
        parameters={
            "MessageBody": "$request.body",
            "MessageAttributes": ATTRIBUTES,
            "MessageGroupId": OWNER,
        },
        stage={
            "AccessLogSettings": {
                "DestinationArn": f"arn:aws:logs:us-east-1:000000000000:log-group:{group}",
                "Format": LOG,
            }
        },
    )
    client = aws.client("apigatewayv2")
    [route] = client.get_routes(ApiId=http_api.api_id)["Items"]
    client.update_route(
        ApiId=http_api.api_id,
        RouteId=route["RouteId"],
        AuthorizationType="JWT",
        AuthorizerId=authorizer(aws, http_api, issuer.url, "commands"),
    )
    return http_api


def post(api: Api, token: str) -> Answer:
    """Send a command with a token."""
    return send("POST", f"{api.endpoint}/commands", b"{}", bearer(token))


@pytest.mark.parametrize(
    "sub", ["ann", "auth0|5fe435b5cbbc85006b071eba", "a@b.example", 'x"},"owner":\\']
)
def test_the_subject_is_the_group(
    aws: Aws, api: Api, queue: Queue, issuer: Issuer, sub: str
) -> None:
    """Whatever is in it, as it is; and SQS shares fairly between owners."""
    assert post(api, issuer.token(sub=sub)).status == 200

    message = aws.receive(queue)
    assert set(message["MessageAttributes"]) == {"command_id", "owner_from"}
    assert message["Attributes"]["MessageGroupId"] == sub


def test_nothing_is_sent_without_a_good_token(
    aws: Aws, api: Api, queue: Queue, issuer: Issuer
) -> None:
    """Neither without one nor with a forged one."""
    assert api.post().status == 401
    assert post(api, issuer.forged()).status == 401
    assert aws.depth(queue) == 0


@pytest.mark.parametrize(
    ("sub", "said"),
    [
        ("Ann Example", "MessageGroupId can only include"),
        ("a" * 129, "1 to 128 in length"),
        ("änn", "MessageGroupId can only include"),
        (None, '"Bad Request"'),
        ('x"}, "owner": {"DataType": "String", "StringValue": "bob', "can only include"),
    ],
)
def test_a_subject_that_is_no_group_is_refused(
    aws: Aws, api: Api, queue: Queue, issuer: Issuer, sub: str | None, said: str
) -> None:
    """SQS takes 128 printable ASCII characters without spaces; API Gateway takes no gap."""
    answer = post(api, issuer.token(sub=sub))

    assert answer.status == 400
    assert said in answer.text
    assert aws.depth(queue) == 0


def test_the_access_log_names_the_owner(aws: Aws, api: Api, issuer: Issuer, group: str) -> None:
    """And why a token was refused."""
    post(api, issuer.token(sub="logged"))
    post(api, issuer.token(expires_in=-1))

    wanted = [
        LOG.replace(OWNER, "logged").replace("$context.status", "200").replace(ERROR, "-"),
        LOG.replace(OWNER, "-").replace("$context.status", "401").replace(ERROR, EXPIRED),
    ]

    def look() -> list[str] | None:
        lines = aws.log_lines(group)
        return lines if all(line in lines for line in wanted) else None

    assert eventually(look)
