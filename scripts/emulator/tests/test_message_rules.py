"""What SQS refuses in a message, in both of its protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from tests.client import send

if TYPE_CHECKING:
    from tests.aws import Aws


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ({"DataType": "String", "StringValue": ""}, "non-empty value of type 'String'"),
        ({"DataType": "Text", "StringValue": "x"}, "supported type prefixes"),
        ({"DataType": "Number", "StringValue": "ten"}, "to a number"),
        ({"DataType": "String", "StringValue": "\x00"}, "outside the allowed set"),
        ({"DataType": "String", "StringValue": "\ud800"}, "outside the allowed set"),
    ],
)
def test_a_wrong_attribute_is_refused(aws: Aws, attribute: dict[str, str], message: str) -> None:
    """Attributes have a known type and a value."""
    with pytest.raises(ClientError, match=message):
        aws.client("sqs").send_message(
            QueueUrl=aws.queue().url, MessageBody="x", MessageAttributes={"a": attribute}
        )


@pytest.mark.parametrize("name", ["AWS.id", "amazon.id", ".id", "id.", "a..b", "ö", "x" * 257])
def test_a_wrong_attribute_name_is_refused(aws: Aws, name: str) -> None:
    """AWS's own prefixes, periods in the wrong place, other characters, more than 256 of them."""
    attributes = {name: {"DataType": "String", "StringValue": "x"}}
    with pytest.raises(ClientError, match="Attribute name can contain"):
        aws.client("sqs").send_message(
            QueueUrl=aws.queue().url, MessageBody="x", MessageAttributes=attributes
        )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"DelaySeconds": 901}, "DelaySeconds must be >= 0 and <= 900"),
        (
            {"MessageSystemAttributes": {"Other": {"DataType": "String", "StringValue": "x"}}},
            "Message system attribute name 'Other' is invalid",
        ),
        (
            {"MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String"}}},
            "non-empty value of type 'String'",
        ),
    ],
)
def test_a_wrong_delay_or_system_attribute_is_refused(
    aws: Aws, more: dict[str, Any], message: str
) -> None:
    """Fifteen minutes at most; of the system's attributes only the trace, with a value."""
    queue, sqs = aws.queue(), aws.client("sqs")
    with pytest.raises(ClientError, match=message):
        sqs.send_message(QueueUrl=queue.url, MessageBody="x", **more)
    batch = sqs.send_message_batch(
        QueueUrl=queue.url, Entries=[{"Id": "1", "MessageBody": "x", **more}]
    )
    assert [failure["Code"] for failure in batch["Failed"]] == ["InvalidParameterValue"]


def test_a_fifo_queue_takes_no_delay_of_a_message(aws: Aws) -> None:
    """Only the queue as a whole has one."""
    queue = aws.queue(FifoQueue="true", ContentBasedDeduplication="true")
    with pytest.raises(ClientError, match="not valid for this queue type"):
        aws.client("sqs").send_message(
            QueueUrl=queue.url, MessageBody="x", MessageGroupId="g", DelaySeconds=1
        )


def test_more_than_ten_attributes_are_refused(aws: Aws) -> None:
    """A message has ten attributes at most."""
    attributes = {f"a{n}": {"DataType": "String", "StringValue": "x"} for n in range(11)}

    with pytest.raises(ClientError, match="exceeds the allowed maximum"):
        aws.client("sqs").send_message(
            QueueUrl=aws.queue().url, MessageBody="x", MessageAttributes=attributes
        )


def test_binary_attributes_count_with_their_decoded_size(aws: Aws) -> None:
    """1024 bytes are 1024 bytes, whatever their encoding on the wire."""
    queue = aws.queue(MaximumMessageSize="2048")
    sqs = aws.client("sqs")
    room = 2048 - len("b") - len("Binary") - 1024

    def attempt(body: str) -> None:
        attributes = {"b": {"DataType": "Binary", "BinaryValue": b"x" * 1024}}
        sqs.send_message(QueueUrl=queue.url, MessageBody=body, MessageAttributes=attributes)

    attempt("x" * room)
    with pytest.raises(ClientError, match="shorter than 2048 bytes"):
        attempt("x" * (room + 1))


def test_the_query_protocol_has_the_same_rules(aws: Aws) -> None:
    """API Gateway speaks the query protocol."""
    form = {
        "Action": "SendMessage",
        "QueueUrl": aws.queue().url,
        "MessageBody": "x",
        "MessageAttribute.1.Name": "a",
        "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "",
    }
    scope = "test/20200101/us-east-1/sqs/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "content-type": "application/x-www-form-urlencoded",
    }

    answer = send("POST", aws.emulator.endpoint, urlencode(form).encode(), headers)

    assert answer.status == 400
    assert "<Code>InvalidParameterValue</Code>" in answer.text
