"""SQS's documented rules, asked of the local stack and of moto: two that were written apart.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIFO = {"FifoQueue": "true"}
ALL = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"]}
TEXT = {"DataType": "String", "StringValue": "echo"}
# Rules that moto 5.2 does not know; a new version that does makes the test fail.
NOT_IN_MOTO = {
    "test_who_may_redrive_is_read_back",
    "test_contents_that_are_refused",
    "test_a_queue_refuses_attributes",
    "test_a_move_task_takes_messages_back",
}


class Queues:
    """A client that checks nothing by itself, and what the tests do with it."""

    def __init__(self, **options: Any) -> None:
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
        self.sqs: Any = boto3.client(
            "sqs",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=config,
            **options,
        )

    def make(self, **attributes: str) -> str:
        """A new queue's URL."""
        name = f"rules-{uuid4().hex[:12]}{'.fifo' if 'FifoQueue' in attributes else ''}"
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    def send(self, url: str, body: str = "x", **more: Any) -> None:
        """Send one message."""
        self.sqs.send_message(QueueUrl=url, MessageBody=body, **more)

    def receive(self, url: str, **more: Any) -> list[dict[str, Any]]:
        """The messages that are visible, at most ten."""
        asked = {"MaxNumberOfMessages": 10, **ALL, **more}
        found: list[dict[str, Any]] = self.sqs.receive_message(QueueUrl=url, **asked).get(
            "Messages", []
        )
        return found

    def bodies(self, url: str) -> list[str]:
        """The bodies of these messages."""
        return [it["Body"] for it in self.receive(url)]

    def attributes(self, url: str) -> dict[str, str]:
        """All attributes of a queue."""
        asked = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found: dict[str, str] = asked["Attributes"]
        return found


@pytest.fixture(params=["local stack", "moto"])
def queues(request: pytest.FixtureRequest) -> Iterator[Queues]:
    """Queues of one of the two."""
    if request.param == "local stack":
        yield Queues(endpoint_url=request.getfixturevalue("stack").endpoint)
        return
    if request.node.originalname in NOT_IN_MOTO:
        request.applymarker(pytest.mark.xfail(reason="moto does not know this rule"))
    with mock_aws():
        yield Queues()


def refused(code: str, call: Callable[..., Any], *args: Any, **named: Any) -> None:
    """The call fails with the code."""
    with pytest.raises(ClientError) as refusal:
        call(*args, **named)
    assert code in refusal.value.response["Error"]["Code"]


def test_attributes_travel(queues: Queues) -> None:
    """Message attributes, the time of sending and the receive count come with a message."""
    url = queues.make()
    queues.send(url, MessageAttributes={"type": TEXT})
    (got,) = queues.receive(url)

    assert got["MessageAttributes"]["type"]["StringValue"] == "echo"
    assert got["Attributes"]["ApproximateReceiveCount"] == "1"
    assert int(got["Attributes"]["SentTimestamp"]) > 0


def test_a_message_made_visible_comes_again(queues: Queues) -> None:
    """Until then it is hidden; the second receive is counted."""
    url = queues.make(VisibilityTimeout="30")
    queues.send(url)
    (got,) = queues.receive(url)
    assert queues.receive(url) == []
    handle = got["ReceiptHandle"]
    queues.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)

    (again,) = eventually(lambda: queues.receive(url))
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_message_that_is_received_too_often_is_dead_lettered(queues: Queues) -> None:
    """After maxReceiveCount receives it is in the dead-letter queue."""
    dead = queues.make()
    policy = {"deadLetterTargetArn": queues.attributes(dead)["QueueArn"], "maxReceiveCount": 2}
    url = queues.make(VisibilityTimeout="0", RedrivePolicy=json.dumps(policy))
    queues.send(url, "poison")

    def look() -> list[str]:
        queues.receive(url)
        return queues.bodies(dead)

    assert eventually(look) == ["poison"]


def test_who_may_redrive_is_read_back(queues: Queues) -> None:
    """RedriveAllowPolicy is an attribute like others."""
    policy = json.dumps({"redrivePermission": "denyAll"})

    assert queues.attributes(queues.make(RedriveAllowPolicy=policy))["RedriveAllowPolicy"] == policy


def test_a_group_is_in_order(queues: Queues) -> None:
    """A group of which a message is in flight waits; another does not."""
    url = queues.make(**FIFO, ContentBasedDeduplication="true", VisibilityTimeout="30")
    for group, body in (("a", "1"), ("a", "2"), ("b", "3")):
        queues.send(url, body, MessageGroupId=group)
    first = queues.receive(url, MaxNumberOfMessages=1)

    assert [it["Body"] for it in first] == ["1"]
    assert queues.bodies(url) == ["3"]


def test_a_deduplication_id_is_taken_once(queues: Queues) -> None:
    """Within five minutes the second message of an id is none."""
    url = queues.make(**FIFO)
    for body in ("1", "2"):
        queues.send(url, body, MessageGroupId="a", MessageDeduplicationId="d")

    assert queues.bodies(url) == ["1"]


def test_a_delay_holds_back(queues: Queues) -> None:
    """For a quarter of an hour at most, and on FIFO queues not by message."""
    url, fifo = queues.make(), queues.make(**FIFO, ContentBasedDeduplication="true")
    queues.send(url, DelaySeconds=900)

    assert queues.receive(url) == []
    refused("InvalidParameterValue", queues.send, url, DelaySeconds=901)
    refused("InvalidParameterValue", queues.send, fifo, MessageGroupId="a", DelaySeconds=2)


def test_a_group_on_a_standard_queue_is_kept(queues: Queues) -> None:
    """What fair queues share the capacity by."""
    url = queues.make()
    queues.send(url, MessageGroupId="tenant")

    assert queues.receive(url)[0]["Attributes"]["MessageGroupId"] == "tenant"


def test_batches_that_are_refused(queues: Queues) -> None:
    """Of eleven messages, of none, and of two with one id."""
    url, send = queues.make(), queues.sqs.send_message_batch
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(11)]

    refused("TooManyEntriesInBatchRequest", send, QueueUrl=url, Entries=entries)
    refused("EmptyBatchRequest", send, QueueUrl=url, Entries=[])
    refused("BatchEntryIdsNotDistinct", send, QueueUrl=url, Entries=[entries[0]] * 2)


def test_contents_that_are_refused(queues: Queues) -> None:
    """Empty bodies, control characters, and attributes without a value."""
    url, empty = queues.make(), {"DataType": "String", "StringValue": ""}

    refused("", queues.send, url, "")
    refused("InvalidMessageContents", queues.send, url, "\x00")
    refused("InvalidParameterValue", queues.send, url, MessageAttributes={"a": empty})


def test_a_message_has_a_size(queues: Queues) -> None:
    """1 MiB on a new queue, or what the queue says."""
    url, small = queues.make(), queues.make(MaximumMessageSize="1024")
    queues.send(url, "x" * 1_048_576)

    refused("InvalidParameterValue", queues.send, url, "x" * 1_048_577)
    refused("InvalidParameterValue", queues.send, small, "x" * 1_025)


def test_a_queue_refuses_attributes(queues: Queues) -> None:
    """Those that are unknown, and values out of bounds."""
    refused("InvalidAttributeValue", queues.make, VisibilityTimeout="43201")
    refused("InvalidAttributeName", queues.make, Nope="1")


def test_a_move_task_takes_messages_back(queues: Queues) -> None:
    """From the dead-letter queue to where it is told."""
    dead = queues.make()
    arn = queues.attributes(dead)["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = queues.make(RedrivePolicy=policy)
    queues.send(dead, "back")
    target = queues.attributes(url)["QueueArn"]
    queues.sqs.start_message_move_task(SourceArn=arn, DestinationArn=target)

    assert eventually(lambda: queues.bodies(url)) == ["back"]
