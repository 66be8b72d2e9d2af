"""What the `SQS-SendMessage` integration of HTTP APIs refuses, and with whose words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

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


def refused(status: int, body: str, code: str) -> bool:
    """Whether SQS itself refused, in its XML."""
    return status == 400 and body.startswith("<?xml") and f"<Code>{code}</Code>" in body


def test_static_message_attributes_are_refused_by_the_control_plane(aws: Aws) -> None:
    """MessageAttributes without any expression are no valid source, as on AWS."""
    with pytest.raises(ClientError, match=r"Invalid source: .* for destination: MessageAttributes"):
        aws.api(aws.queue(), parameters={**BODY, "MessageAttributes": STATIC})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"DelaySeconds": "1"}, "Missing required parameters"),
        ({**BODY, "Nonsense": "1"}, "Unknown parameters"),
    ],
)
def test_wrong_parameters_are_refused_by_the_control_plane(
    aws: Aws, parameters: dict[str, str], message: str
) -> None:
    """A parameter that SQS-SendMessage needs or does not know is refused on creation."""
    with pytest.raises(ClientError, match=message):
        aws.api(aws.queue(), parameters=parameters)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("overwrite:header.x-amzn-requestid", "restricted"),
        ("overwrite:body", "Invalid mapping destination"),
    ],
)
def test_reserved_and_unknown_response_mappings_are_refused(
    aws: Aws, mapping: str, message: str
) -> None:
    """AWS reserves some headers and knows no mapping of the body."""
    with pytest.raises(ClientError, match=message):
        aws.api(aws.queue(), responses={"200": {mapping: "x"}})


def test_a_role_without_permission_gets_the_answer_of_sqs(aws: Aws) -> None:
    """The integration sends as its role, so IAM decides."""
    queue = aws.queue()
    api = aws.api(queue, role=aws.role("apigateway.amazonaws.com"))

    answer = api.post(b"secret")

    assert answer.status == 403
    assert "AccessDenied" in answer.text
    assert aws.depth(queue) == 0


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", None])
def test_a_role_that_api_gateway_may_not_assume_is_an_internal_error(
    aws: Aws, service: str | None
) -> None:
    """A role for another service, or none at all, is of no use to API Gateway."""
    queue = aws.queue()
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
    role = aws.role(service, allowed) if service else "arn:aws:iam::000000000000:role/nobody"

    answer = aws.api(queue, role=role).post()

    assert answer.status == 500
    assert json.loads(answer.text) == {"message": "Internal Server Error"}


def test_an_absent_body_is_a_bad_request(aws: Aws) -> None:
    """A required parameter without a value never reaches SQS."""
    queue = aws.queue()

    answer = aws.api(queue).post(None)

    assert answer.status == 400
    assert json.loads(answer.text) == {"message": "Bad Request"}
    assert aws.depth(queue) == 0


def test_an_absent_value_in_an_attribute_is_refused_by_sqs(aws: Aws) -> None:
    """An empty attribute value is an error of SQS, not an attribute less."""
    api = aws.api(aws.queue(), parameters={**BODY, "MessageAttributes": FROM_HEADER})

    answer = api.post()

    assert refused(answer.status, answer.text, "InvalidParameterValue")
    assert "non-empty value" in answer.text


def test_client_values_are_not_escaped_inside_an_attribute(aws: Aws) -> None:
    """A client that controls a mapped value can break out of its JSON: the pessimistic reading."""
    queue = aws.queue()
    api = aws.api(queue, parameters={**BODY, "MessageAttributes": FROM_HEADER})

    broken = api.post(x_origin='"')
    injected = api.post(
        x_origin='a"}, "owner": {"DataType": "String", "StringValue": "somebody else'
    )

    assert broken.status == 400
    assert injected.status == 200
    assert aws.receive(queue)["MessageAttributes"]["owner"]["StringValue"] == "somebody else"


def test_a_body_above_the_gateways_limit_is_refused(aws: Aws) -> None:
    """API Gateway takes 10 MB."""
    answer = aws.api(aws.queue()).post(b"x" * (10 * 1024 * 1024 + 1))

    assert answer.status == 413


def test_attributes_count_towards_the_size_of_a_message(aws: Aws) -> None:
    """Body and attributes (names, types and values) share the queue's limit."""
    queue = aws.queue(MaximumMessageSize="2048")
    api = aws.api(queue, parameters={**BODY, "MessageAttributes": COMMAND_ID})
    attribute = len("command_id") + len("String") + 16

    just_under = api.post(b"x" * (2048 - attribute))
    just_over = api.post(b"x" * (2048 - attribute + 1))

    assert just_under.status == 200
    assert refused(just_over.status, just_over.text, "InvalidParameterValue")
    assert "shorter than 2048 bytes" in just_over.text
    assert aws.depth(queue) == 1


def test_a_missing_queue_is_the_error_of_sqs(aws: Aws) -> None:
    """A queue that was deleted does not make API Gateway lie."""
    queue = aws.queue()
    api = aws.api(queue)
    aws.client("sqs").delete_queue(QueueUrl=queue.url)

    answer = api.post()

    assert refused(answer.status, answer.text, "AWS.SimpleQueueService.NonExistentQueue")
