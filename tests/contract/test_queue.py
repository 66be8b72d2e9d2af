"""The contract of the worker's queue: the fake refuses what SQS refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.sqs.queue import SQSQueue
from command_api.domain.envelope import copy_of, received
from command_api.domain.retry import LONGEST_WAIT_SECONDS
from tests.builders import message
from tests.fakes.commands import InMemoryQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.message import Message
    from command_api.domain.ports import MessageQueue

LONG_AGO = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def aws(moto: Callable[[str], Any]) -> Any:
    """SQS as moto plays it, with a queue `work` and its dead-letter queue `dead`."""
    return moto("sqs")


@pytest.fixture(params=["memory", "sqs"])
def queue(request: pytest.FixtureRequest, aws: Any) -> MessageQueue:
    """The fake, and SQS."""
    if request.param == "memory":
        return InMemoryQueue()
    url = aws.create_queue(QueueName="work")["QueueUrl"]
    return SQSQueue(lambda: aws, url, aws.create_queue(QueueName="dead")["QueueUrl"])


def receive(aws: Any, url: str) -> dict[str, Any]:
    """The one message of a queue."""
    answer = aws.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"], VisibilityTimeout=0
    )
    (found,) = answer["Messages"]
    one: dict[str, Any] = found
    return one


def delivered(queue: MessageQueue) -> Message:
    """A message that was received from the queue."""
    if isinstance(queue, InMemoryQueue):
        return message()
    assert isinstance(queue, SQSQueue)
    client = queue.client()
    client.send_message(QueueUrl=queue.url, MessageBody="{}")
    return message(receipt_handle=receive(client, queue.url)["ReceiptHandle"])


@pytest.mark.parametrize("seconds", [12 * 60 * 60 + 1, 24 * 60 * 60, 1e12])
def test_a_message_cannot_be_hidden_for_longer_than_twelve_hours(
    queue: MessageQueue, seconds: float
) -> None:
    """Such a wait is a failure of its command before it gets here."""
    given = delivered(queue)
    with pytest.raises(Exception, match=r"(?i)visibility ?timeout"):
        queue.delay(given.receipt_handle, seconds)


@pytest.mark.parametrize("seconds", [901, 1e6])
def test_a_copy_cannot_be_delayed_for_longer_than_a_quarter_of_an_hour(
    queue: MessageQueue, seconds: float
) -> None:
    """The longest delay of a message that SQS knows."""
    with pytest.raises(Exception, match="DelaySeconds"):
        queue.copy(message(), seconds)


@pytest.mark.parametrize("seconds", [0, 0.4, 300, LONGEST_WAIT_SECONDS])
def test_whatever_the_worker_decides_can_be_hidden(queue: MessageQueue, seconds: float) -> None:
    """From at once to the longest wait that a command may have."""
    queue.delay(delivered(queue).receipt_handle, seconds)


@pytest.mark.parametrize("seconds", [0, 240, 900])
def test_a_pause_can_be_as_long_as_its_setting_allows(queue: MessageQueue, seconds: float) -> None:
    """The message goes into the queue once more."""
    queue.copy(message(), seconds)


def test_copies_go_out_together(queue: MessageQueue) -> None:
    """All of them, whatever their number."""
    copies = [(message(message_id=f"m-{n}"), float(n)) for n in range(23)]
    assert [*queue.copy_all(copies)] == [f"m-{n}" for n in range(23)]
    assert [*queue.copy_all([])] == []


@pytest.mark.parametrize("queue", ["sqs"], indirect=True)
@pytest.mark.parametrize(
    "given",
    [
        message(),
        message(command_id=None),
        message(owner="alice", correlation_id="checkout-7", schedule="nightly"),
    ],
)
def test_a_dead_letter_is_the_message_and_no_copy(
    queue: SQSQueue, given: Message, aws: Any
) -> None:
    """It says whose command it is; a redrive makes it a request of its own."""
    old = delivered(queue)
    queue.dead_letter(replace(given, receipt_handle=old.receipt_handle, copy_of="m-0"))
    moved = receive(aws, queue.dlq_url)
    named = {name: one["StringValue"] for name, one in moved["MessageAttributes"].items()}
    told = {
        "command_id": given.command_id or "m-0",
        "owner": given.owner,
        "correlation_id": given.correlation_id,
        "schedule": given.schedule,
    }
    assert named == {name: value for name, value in told.items() if value}
    assert moved["Body"] == given.body
    left = aws.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == "0"
    assert left["ApproximateNumberOfMessagesNotVisible"] == "0"


@pytest.mark.parametrize("queue", ["sqs"], indirect=True)
def test_a_copy_stands_for_its_message_however_often_it_is_copied(
    queue: SQSQueue, aws: Any
) -> None:
    """It keeps the first messageId and when that was sent."""
    first = message(command_id=None, owner="alice", correlation_id="checkout-7", sent_at=LONG_AGO)
    first = replace(first, schedule="nightly")
    given = first
    for _ in range(3):
        queue.copy(given, 0)
        one = receive(aws, queue.url)
        record = {
            "messageId": one["MessageId"],
            "receiptHandle": one["ReceiptHandle"],
            "body": one["Body"],
            "attributes": one["Attributes"],
            "messageAttributes": {
                name: {"stringValue": value["StringValue"], "dataType": "String"}
                for name, value in one["MessageAttributes"].items()
            },
        }
        given = received(record)
        queue.delete([given])
    assert (given.identity, given.key, given.sent_at) == ("m-1", "m-1", LONG_AGO)
    assert (given.owner, given.correlation_id) == ("alice", "checkout-7")
    assert given.schedule == "nightly"
    assert copy_of(given) == copy_of(first)
