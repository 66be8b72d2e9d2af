"""What SQS refuses in a message, in both of its protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from tests.local.client import send

if TYPE_CHECKING:
    from tests.local.aws import Aws


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ({"DataType": "String", "StringValue": ""}, "non-empty value of type 'String'"),
        ({"DataType": "Text", "StringValue": "x"}, "supported type prefixes"),
    ],
)
def test_a_wrong_attribute_is_refused(aws: Aws, attribute: dict[str, str], message: str) -> None:
    """Attributes have a known type and a value."""
    with pytest.raises(ClientError, match=message):
        aws.client("sqs").send_message(
            QueueUrl=aws.queue().url, MessageBody="x", MessageAttributes={"a": attribute}
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

    answer = send("POST", aws.stack.endpoint, urlencode(form).encode(), headers)

    assert answer.status == 400
    assert "<Code>InvalidParameterValue</Code>" in answer.text
