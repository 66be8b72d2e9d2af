"""Other services put commands into the queue."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from command_api.domain.message import parse
from command_api.domain.model import Callback as Receiver
from command_client import Callback, NotSubmitted, Producer, Work
from tests.builders import message
from tests.unit.adapters.test_sender import FIFO, QUEUE, Queue


def producer(queue: Queue, url: str = QUEUE, **more: Any) -> Producer:
    """A producer in front of this queue."""
    return Producer(url, client=lambda: queue, sleep=lambda _: None, **more)


@pytest.mark.parametrize(
    ("url", "work", "why"),
    [
        (QUEUE, Work(type="echo", id="a b"), "order-1042"),
        (QUEUE, Work(type="echo", id=""), "order-1042"),
        (QUEUE, Work(type="echo", id=f"key-{'0' * 40}.7"), "belongs to a batch"),
        (QUEUE, Work(type="echo", id="api.nightly:2030-12-24T01:00:00Z"), "recurring schedule"),
        (QUEUE, Work(type="echo", delay=901), "900 seconds"),
        (QUEUE, Work(type="echo", delay=-1), "900 seconds"),
        (FIFO, Work(type="echo"), "customer-7"),
        (FIFO, Work(type="echo", group="g", delay=1), "omit delay"),
    ],
)
def test_what_can_never_be_sent_stops_all_before_anything_is(
    url: str, work: Work, why: str
) -> None:
    """Half of a list in the queue would be the worst of both."""
    queue = Queue()
    with pytest.raises(ValueError, match=why):
        producer(queue, url).submit_many([Work(type="echo", group="g"), work])
    assert queue.calls == []


def test_a_command_that_the_queue_refuses_is_an_error_with_its_id() -> None:
    """So that it can be submitted again."""
    with pytest.raises(NotSubmitted, match="order-1: Slow") as refused:
        producer(Queue(refuses={"0": 99})).submit("echo", command_id="order-1")
    assert (refused.value.command_id, refused.value.reason) == ("order-1", "Slow")


def test_each_of_many_has_its_own_outcome() -> None:
    """In their order; what was refused once has been sent again."""
    queue = Queue(refuses={"1": 1, "11": 99})
    results = producer(queue).submit_many(Work(type="echo", id=f"c-{n}") for n in range(12))
    assert [one.id for one in results] == [f"c-{n}" for n in range(12)]
    assert [one.id for one in results if one.reason] == ["c-11"]
    assert [len(call) for call in queue.calls] == [10, 2, 2, 1, 1]


def test_a_callback_reaches_the_worker() -> None:
    """Beside the work of its own command."""
    queue = Queue()
    named: Callback = {"url": "https://hooks.example.com/", "includeResult": True}
    works = [Work(type="echo", callback=named), Work(type="echo")]
    producer(queue).submit_many(works)
    producer(queue).submit("echo", callback={"url": "https://hooks.example.com/"})
    told = [
        parse(message(entry["MessageBody"]), default_type="x").callback
        for call in queue.calls
        for entry in call
    ]
    url = named["url"]
    assert told == [Receiver(url, include_result=True), None, Receiver(url)]


def test_one_that_is_too_large_is_one_that_failed() -> None:
    """The others are sent."""
    large = Work(type="echo", input={"text": "x" * 262_144})
    results = producer(Queue()).submit_many([large, Work(type="echo")])
    assert [bool(one.reason) for one in results] == [True, False]


def test_delay_owner_and_group_travel_along() -> None:
    """Each where it belongs."""
    queue = Queue()
    producer(queue, owner="billing", fair=True).submit_many([Work(type="echo", delay=60)])
    ((sent,),) = queue.calls
    assert (sent["DelaySeconds"], sent["MessageGroupId"]) == (60, "billing")
    assert sent["MessageAttributes"]["owner"]["StringValue"] == "billing"
    fifo = Queue()
    producer(fifo, FIFO).submit("echo", group="customer-7", command_id="order-1")
    ((sent,),) = fifo.calls
    assert sent["MessageGroupId"] == "customer-7"
    assert sent["MessageDeduplicationId"] == "order-1"
    assert "DelaySeconds" not in sent


def test_the_worker_reads_what_a_producer_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a queue, as far as moto plays one."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        url = client.create_queue(QueueName="work")["QueueUrl"]
        sender = Producer(url, client=lambda: client)
        ids = {one.id for one in sender.submit_many(Work(type="echo") for _ in range(23))}
        assert len(ids) == 23
        named = sender.submit("echo", {"ü": "\ufffe"})
        received: dict[str, str] = {}
        while len(received) < 24:
            answer = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            for one in answer["Messages"]:
                received[one["MessageAttributes"]["command_id"]["StringValue"]] = one["Body"]
    assert set(received) == ids | {named}
    read = parse(message(received[named]), default_type="x")
    assert read.input == {"ü": "\ufffe"}
