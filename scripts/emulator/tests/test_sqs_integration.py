"""The `SQS-SendMessage` integration of HTTP APIs, through a real HTTP request."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.client import send

if TYPE_CHECKING:
    from tests.aws import Aws

COMMAND_ID = json.dumps(
    {"command_id": {"DataType": "String", "StringValue": "${context.requestId}"}}
)
STATIC = json.dumps({"source": {"DataType": "String", "StringValue": "api"}})
FROM_HEADER = json.dumps(
    {"origin": {"DataType": "String", "StringValue": "${request.header.x-origin}"}}
)
BODY = {"MessageBody": "$request.body"}


def test_unknown_routes_are_not_found(aws: Aws) -> None:
    """No route, no message."""
    api = aws.api(aws.queue())

    assert api.post(path="/elsewhere").status == 404
    assert send("GET", f"{api.endpoint}/commands").status == 404


def test_a_request_becomes_a_message_with_the_gateways_id(aws: Aws) -> None:
    """The answer is SQS's XML, and one request id is in the header, the mapping and the message."""
    queue = aws.queue()
    api = aws.api(
        queue,
        parameters={**BODY, "MessageAttributes": COMMAND_ID},
        responses={
            "200": {
                "overwrite:statuscode": "202",
                "append:header.x-command-id": "$context.requestId",
            }
        },
    )

    answer = api.post(b'{"type": "echo"}')

    assert answer.status == 202
    assert answer.text.startswith("<?xml")
    request_id = answer.headers["apigw-requestid"]
    assert re.fullmatch(r"[\w-]{15}=", request_id)
    assert answer.headers["x-command-id"] == request_id
    message = aws.receive(queue)
    assert message["Body"] == '{"type": "echo"}'
    assert message["MessageId"] in answer.text
    assert message["MessageAttributes"]["command_id"]["StringValue"] == request_id


def test_a_path_parameter_becomes_an_attribute(aws: Aws) -> None:
    """`$request.path.id` is the segment of the path."""
    queue = aws.queue()
    by_path = json.dumps({"id": {"DataType": "String", "StringValue": "${request.path.id}"}})
    api = aws.api(
        queue,
        route="PUT /commands/{id}",
        parameters={**BODY, "MessageAttributes": by_path},
    )

    answer = send("PUT", f"{api.endpoint}/commands/mine-1", b"{}")

    assert answer.status == 200
    assert aws.receive(queue)["MessageAttributes"]["id"]["StringValue"] == "mine-1"


def test_cors_headers_stay_on_the_answer(aws: Aws) -> None:
    """API Gateway adds its CORS headers to service integrations too."""
    cors = {"AllowOrigins": ["https://app.example"], "ExposeHeaders": ["x-command-id"]}
    api = aws.api(aws.queue(), cors=cors)

    answer = api.post(Origin="https://app.example")

    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["access-control-expose-headers"] == "x-command-id"
    preflight = send(
        "OPTIONS", f"{api.endpoint}/commands", headers={"Origin": "https://app.example"}
    )
    assert preflight.status == 204


def test_a_fifo_queue_gets_group_and_deduplication(aws: Aws) -> None:
    """The optional parameters of SendMessage are mapped too."""
    queue = aws.queue(FifoQueue="true")
    api = aws.api(
        queue,
        parameters={
            **BODY,
            "MessageGroupId": "$request.header.x-group",
            "MessageDeduplicationId": "$context.requestId",
        },
    )

    assert api.post().status == 400, "a mapped parameter without a value"
    assert api.post(x_group="one").status == 200
    assert aws.receive(queue)["Attributes"]["MessageGroupId"] == "one"


def test_a_tls_only_queue_takes_messages(aws: Aws) -> None:
    """The loopback listener stands in for TLS, so such policies can be applied unchanged."""
    queue = aws.queue()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue.arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})

    assert aws.api(queue).post().status == 200
