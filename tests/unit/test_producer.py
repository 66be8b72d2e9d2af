"""Other services put commands into the queue, and wait for them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.domain.message import parse
from command_client import NotEnded, NotSubmitted, Producer, Refused, Work, wait
from command_client.transport import Answer
from tests.builders import message
from tests.unit.test_outbox import FIFO, QUEUE, Queue

if TYPE_CHECKING:
    from collections.abc import Mapping


def producer(queue: Queue, url: str = QUEUE, **more: Any) -> Producer:
    """A producer in front of this queue."""
    return Producer(url, client=lambda: queue, sleep=lambda _: None, **more)


@pytest.mark.parametrize(
    ("url", "work", "why"),
    [
        (QUEUE, Work(type="echo", id="a b"), "order-1042"),
        (QUEUE, Work(type="echo", id=""), "order-1042"),
        (QUEUE, Work(type="echo", delay=901), "900 seconds"),
        (QUEUE, Work(type="echo", delay=-1), "900 seconds"),
        (FIFO, Work(type="echo"), "customer-7"),
        (FIFO, Work(type="echo", group="g", delay=1), "leave delay out"),
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


@dataclass
class Api:
    """An API that gives these answers, one after the other, and a clock that sleeping turns."""

    answers: list[Answer | Exception]
    now: float = 0.0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def get(self, url: str, headers: Mapping[str, str], _seconds: float) -> Answer:
        """The next answer; the last one again and again."""
        assert url == "https://api/commands/a%3D"
        self.asked.append(headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        """Turn the clock."""
        self.pauses.append(seconds)
        self.now += seconds

    def wait(self, **more: Any) -> dict[str, Any]:
        """Wait for the command `a=`."""
        endpoint = "https://api/commands/"
        return wait(endpoint, "a=", get=self.get, clock=lambda: self.now, sleep=self.sleep, **more)


def shown(status: str, **headers: str) -> Answer:
    """A command in that status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, named, json.dumps({"id": "a=", "status": status}))


@pytest.mark.parametrize("status", [400, 401, 403, 405])
def test_a_question_that_is_wrong_is_not_repeated(status: int) -> None:
    """The reason is what the API or its gateway says."""
    api = Api([Answer(status, body='{"message": "Unauthorized"}')])
    with pytest.raises(Refused, match="Unauthorized") as refused:
        api.wait()
    assert (refused.value.status, len(api.asked)) == (status, 1)


def test_a_command_that_does_not_end_is_given_up_in_time() -> None:
    """Not a second later, however long the API would like to be left alone."""
    api = Api([shown("PROCESSING", retry_after="30")])
    with pytest.raises(NotEnded) as late:
        api.wait(timeout=70)
    assert (api.pauses, api.now) == ([30, 30, 10], 70)
    assert late.value.last == {"id": "a=", "status": "PROCESSING"}


@pytest.mark.parametrize("end", ["COMPLETED", "FAILED", "CANCELLED"])
def test_trouble_on_the_way_is_waited_out(end: str) -> None:
    """Unknown, throttled, away, not even reachable: then the end."""
    api = Api(
        [
            ConnectionRefusedError(),
            Answer(404, {"retry-after": "1"}),
            Answer(429),
            Answer(503, {"retry-after": "2"}),
            Answer(504, {"retry-after": "soon"}),
            shown("PENDING", retry_after="4", etag='W/"1"'),
            Answer(304, {"retry-after": "5"}),
            shown(end),
        ]
    )
    assert api.wait(headers={"authorization": "Bearer t"})["status"] == end
    assert api.pauses == [1, 1, 1, 2, 1, 4, 5]
    assert [one.get("if-none-match") for one in api.asked[-3:]] == [None, 'W/"1"', 'W/"1"']
    assert all(one["authorization"] == "Bearer t" for one in api.asked)


def test_an_endpoint_that_is_none_is_said_so() -> None:
    """With an example."""
    with pytest.raises(ValueError, match="https://api"):
        wait("ftp://api", "c-1")
