"""Message move tasks: dead-letter queue redrive with the native SQS operations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue


@pytest.fixture
def dlq(aws: Aws) -> Queue:
    """A queue that another one redrives to."""
    return aws.queue()


@pytest.fixture
def source(aws: Aws, dlq: Queue) -> Queue:
    """A queue whose messages are dead after one attempt, which is over at once."""
    policy = json.dumps({"deadLetterTargetArn": dlq.arn, "maxReceiveCount": 1})
    return aws.queue(RedrivePolicy=policy, VisibilityTimeout="0")


def kill(aws: Aws, source: Queue, *bodies: str) -> list[str]:
    """Send messages and let them die; returns their ids."""
    sqs = aws.client("sqs")
    attributes = {"command_id": {"DataType": "String", "StringValue": "abc"}}
    ids = [
        sqs.send_message(QueueUrl=source.url, MessageBody=body, MessageAttributes=attributes)[
            "MessageId"
        ]
        for body in bodies
    ]
    # Receiving makes them visible at once and counts; the next look moves them away.
    eventually(
        lambda: not sqs.receive_message(QueueUrl=source.url, MaxNumberOfMessages=10).get("Messages")
    )
    return ids


def task(aws: Aws, queue: Queue) -> dict[str, Any]:
    """The queue's latest task."""
    [entry] = aws.client("sqs").list_message_move_tasks(SourceArn=queue.arn)["Results"]
    found: dict[str, Any] = entry
    return found


def finished(aws: Aws, queue: Queue) -> dict[str, Any]:
    """The queue's latest task once it has ended."""

    def look() -> dict[str, Any] | None:
        entry = task(aws, queue)
        return entry if entry["Status"] not in ("RUNNING", "CANCELLING") else None

    return eventually(look)


def test_only_dead_letter_queues_can_be_redriven(aws: Aws) -> None:
    """A queue that nobody redrives to is refused."""
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        aws.client("sqs").start_message_move_task(SourceArn=aws.queue().arn)


@pytest.mark.parametrize("parameter", ["SourceArn", "DestinationArn"])
def test_an_unknown_queue_is_not_found(aws: Aws, source: Queue, dlq: Queue, parameter: str) -> None:
    """Both ends must exist."""
    assert source
    arns = {"SourceArn": dlq.arn, parameter: dlq.arn + "-gone"}
    with pytest.raises(aws.client("sqs").exceptions.ResourceNotFoundException, match=parameter):
        aws.client("sqs").start_message_move_task(**arns)


@pytest.mark.parametrize("rate", [0, 501])
def test_the_rate_is_limited(aws: Aws, source: Queue, dlq: Queue, rate: int) -> None:
    """AWS moves at most 500 messages per second."""
    assert source
    with pytest.raises(ClientError, match="between 1 and 500"):
        aws.client("sqs").start_message_move_task(
            SourceArn=dlq.arn, MaxNumberOfMessagesPerSecond=rate
        )


def test_a_message_without_a_source_fails_the_task(aws: Aws, source: Queue, dlq: Queue) -> None:
    """A message that was sent to the dead-letter queue itself has nowhere to go back to."""
    assert source
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=dlq.url, MessageBody="stray")

    sqs.start_message_move_task(SourceArn=dlq.arn)

    entry = finished(aws, dlq)
    assert entry["Status"] == "FAILED"
    assert entry["FailureReason"] == "CouldNotDetermineMessageSource"
    assert aws.depth(dlq) == 1


def test_a_second_task_is_refused_and_the_first_can_be_cancelled(
    aws: Aws, source: Queue, dlq: Queue
) -> None:
    """One task per queue; cancelling stops it where it is and leaves the rest."""
    sqs = aws.client("sqs")
    kill(aws, source, "one", "two", "three", "four")
    started = sqs.start_message_move_task(SourceArn=dlq.arn, MaxNumberOfMessagesPerSecond=2)
    assert task(aws, dlq)["TaskHandle"] == started["TaskHandle"]

    with pytest.raises(ClientError, match="Only one active task"):
        sqs.start_message_move_task(SourceArn=dlq.arn)
    sqs.cancel_message_move_task(TaskHandle=started["TaskHandle"])

    entry = finished(aws, dlq)
    assert entry["Status"] == "CANCELLED"
    assert "TaskHandle" not in entry
    assert entry["ApproximateNumberOfMessagesToMove"] == 4
    assert entry["ApproximateNumberOfMessagesMoved"] < 4
    assert aws.depth(dlq) == 4 - entry["ApproximateNumberOfMessagesMoved"]
    with pytest.raises(sqs.exceptions.UnsupportedOperation):
        sqs.cancel_message_move_task(TaskHandle=started["TaskHandle"])


def test_an_unknown_task_cannot_be_cancelled(aws: Aws) -> None:
    """A handle that nobody gave out is not found."""
    with pytest.raises(aws.client("sqs").exceptions.ResourceNotFoundException):
        aws.client("sqs").cancel_message_move_task(TaskHandle="nobody")


def test_a_caller_without_permission_is_denied(aws: Aws, source: Queue, dlq: Queue) -> None:
    """IAM decides who may redrive."""
    assert source
    role = aws.role("lambda.amazonaws.com")
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = aws.session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    sqs = session.client("sqs", endpoint_url=aws.emulator.endpoint)

    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.start_message_move_task(SourceArn=dlq.arn)


def test_messages_go_back_where_they_came_from_as_new_messages(
    aws: Aws, source: Queue, dlq: Queue
) -> None:
    """A moved message keeps body and attributes, and gets a new id and a new life."""
    [old_id] = kill(aws, source, "poison")
    quiet = {"VisibilityTimeout": "30"}
    aws.client("sqs").set_queue_attributes(QueueUrl=source.url, Attributes=quiet)

    aws.client("sqs").start_message_move_task(SourceArn=dlq.arn)

    entry = finished(aws, dlq)
    assert entry["Status"] == "COMPLETED"
    assert entry["ApproximateNumberOfMessagesMoved"] == 1
    message = aws.receive(source)
    assert message["Body"] == "poison"
    assert message["MessageId"] != old_id
    assert message["MessageAttributes"]["command_id"]["StringValue"] == "abc"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert aws.depth(dlq) == 0


def test_messages_go_to_another_destination_if_asked(aws: Aws, source: Queue, dlq: Queue) -> None:
    """A destination wins over the source that a message came from."""
    kill(aws, source, "one", "two")
    elsewhere = aws.queue()

    aws.client("sqs").start_message_move_task(SourceArn=dlq.arn, DestinationArn=elsewhere.arn)

    assert finished(aws, dlq)["DestinationArn"] == elsewhere.arn
    assert aws.depth(elsewhere) == 2


def test_the_latest_tasks_are_listed_first(aws: Aws, source: Queue, dlq: Queue) -> None:
    """One result by default, ten at most, the latest first."""
    sqs = aws.client("sqs")
    for destination in (source, aws.queue()):
        sqs.start_message_move_task(SourceArn=dlq.arn, DestinationArn=destination.arn)
        finished(aws, dlq)

    listed = sqs.list_message_move_tasks(SourceArn=dlq.arn, MaxResults=10)["Results"]

    assert [entry["DestinationArn"] == source.arn for entry in listed] == [False, True]
    with pytest.raises(ClientError, match="between 1 and 10"):
        sqs.list_message_move_tasks(SourceArn=dlq.arn, MaxResults=11)
