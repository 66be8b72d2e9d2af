"""What SQS refuses in a queue's attributes and in a receive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.aws import Aws

FIFO = {"FifoQueue": "true"}


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """The code and the words with which the call is refused."""
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    error = refusal.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


@pytest.mark.parametrize(
    "attributes",
    [
        {"Nope": "1"},
        {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:x"},
        {"ApproximateNumberOfMessages": "0"},
        {"ContentBasedDeduplication": "true"},
        {"FifoThroughputLimit": "perQueue"},
    ],
    ids=lambda it: next(iter(it)),
)
def test_an_unknown_attribute_is_refused(aws: Aws, attributes: dict[str, str]) -> None:
    """Misspelt, read-only, or of FIFO queues alone: neither at the creation nor later."""
    queue, (name,) = aws.queue(), attributes
    told = f"InvalidAttributeName: Unknown Attribute {name}."

    assert refused(aws.queue, **attributes) == told
    change = aws.client("sqs").set_queue_attributes
    assert refused(change, QueueUrl=queue.url, Attributes=attributes) == told


@pytest.mark.parametrize(
    "attributes",
    [
        {"VisibilityTimeout": "43201"},
        {"VisibilityTimeout": "-1"},
        {"DelaySeconds": "901"},
        {"MaximumMessageSize": "1048577"},
        {"MessageRetentionPeriod": "59"},
        {"ReceiveMessageWaitTimeSeconds": "21"},
        {"SqsManagedSseEnabled": "yes"},
        {**FIFO, "ContentBasedDeduplication": "1"},
        {**FIFO, "DeduplicationScope": "group"},
        {**FIFO, "FifoThroughputLimit": "perGroup"},
    ],
    ids=str,
)
def test_a_value_out_of_bounds_is_refused(aws: Aws, attributes: dict[str, str]) -> None:
    """Numbers outside their range, and words that are none of an attribute's."""
    kind = {key: value for key, value in attributes.items() if key in FIFO}
    queue = aws.queue(**kind)
    change = aws.client("sqs").set_queue_attributes

    assert refused(aws.queue, **attributes).startswith("InvalidAttributeValue: ")
    assert refused(
        change,
        QueueUrl=queue.url,
        Attributes={k: v for k, v in attributes.items() if k not in kind},
    ).startswith("InvalidAttributeValue: ")


def test_what_a_fifo_queue_has_is_taken(aws: Aws) -> None:
    """All four attributes of their own, at the creation and read back by name."""
    settings = {
        **FIFO,
        "ContentBasedDeduplication": "true",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
    queue = aws.queue(**settings)
    read = aws.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=list(settings))

    assert read["Attributes"] == settings


def test_an_unknown_attribute_cannot_be_read(aws: Aws) -> None:
    """A misspelt name is an error, not an absent value."""
    told = refused(
        aws.client("sqs").get_queue_attributes, QueueUrl=aws.queue().url, AttributeNames=["Nope"]
    )

    assert told == "InvalidAttributeName: Unknown Attribute Nope."


@pytest.mark.parametrize(
    "arguments",
    [{"VisibilityTimeout": 43_201}, {"WaitTimeSeconds": 21}, {"MaxNumberOfMessages": 11}],
    ids=str,
)
def test_a_receive_out_of_bounds_is_refused(aws: Aws, arguments: dict[str, int]) -> None:
    """Twelve hours, twenty seconds, ten messages."""
    ((name, value),) = arguments.items()
    told = refused(aws.client("sqs").receive_message, QueueUrl=aws.queue().url, **arguments)

    assert told.startswith(
        f"InvalidParameterValue: Value {value} for parameter {name} is invalid. Reason: "
    )
