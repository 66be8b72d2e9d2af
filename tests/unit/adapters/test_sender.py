"""Messages into SQS by tens, as small as they come and as often as it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from command_api.adapters.sqs.sender import (
    BYTES,
    TOO_LONG,
    TRIES,
    Entry,
    SQSSender,
    batches,
    entry,
    send_all,
    size,
)
from command_api.domain.envelope import group_of
from command_api.domain.model import Command, PendingEntry, Status
from command_api.domain.timing import Timing
from tests.builders import LATER, NOW, command

QUEUE, FIFO = "https://sqs/work", "https://sqs/work.fifo"


@dataclass
class Queue:
    """An SQS client that refuses entries by their number for so many times."""

    refuses: dict[str, int] = field(default_factory=dict)
    fault: bool = False
    away: bool = False
    calls: list[list[Entry]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Entry]) -> dict[str, Any]:  # noqa: N803
        """Take what is not refused."""
        self.calls.append(Entries)
        self.urls.append(QueueUrl)
        if self.away:
            raise ConnectionError
        failed = []
        for one in Entries:
            if self.refuses.get(one["Id"], 0):
                self.refuses[one["Id"]] -= 1
                failed.append({"Id": one["Id"], "Code": "Slow", "SenderFault": self.fault})
        return {"Failed": failed} if failed else {}


def unsent(**changes: Any) -> Command:
    """A command that waits to be sent."""
    known = {"attempts": 0, "pending_entry": PendingEntry(NOW, LATER, {"n": 1}), **changes}
    return command(Status.PENDING, **known)


def send(queue: Queue, count: int) -> dict[str, str]:
    """Send so many small messages."""
    entries = {str(number): entry("{}", f"c-{number}") for number in range(count)}
    return send_all(queue, QUEUE, entries, sleep=lambda _: None)


def test_only_what_was_refused_is_sent_again() -> None:
    """What the queue has taken is not sent twice."""
    queue = Queue(refuses={"3": 1, "12": 2})
    assert send(queue, 15) == {}
    sent = [[one["Id"] for one in call] for call in queue.calls]
    assert [len(call) for call in sent] == [10, 5, 2, 1]
    assert sent[2:] == [["3", "12"], ["12"]]


def test_what_is_refused_for_ever_is_given_back() -> None:
    """After four tries, with the code of the last refusal."""
    queue = Queue(refuses={"1": 99})
    assert send(queue, 2) == {"1": "Slow"}
    assert len(queue.calls) == TRIES


def test_what_is_our_fault_is_not_sent_again() -> None:
    """It would be refused again."""
    queue = Queue(refuses={"1": 99}, fault=True)
    assert send(queue, 2) == {"1": "Slow"}
    assert len(queue.calls) == 1


def test_a_queue_that_is_away_is_not_asked_again() -> None:
    """The client has tried as often as is good."""
    queue = Queue(away=True)
    assert send(queue, 25) == {str(number): "ConnectionError" for number in range(25)}
    assert len(queue.calls) == 1


def test_a_call_is_no_larger_than_it_may_be() -> None:
    """Ten messages, or 256 KB, attributes and all."""
    large = entry("x" * 100_000, "c-1", owner="alice")
    entries = {str(number): large for number in range(5)}
    assert [len(batch) for batch in batches(entries)] == [2, 2, 1]
    exact = entry("x" * (BYTES - size(entry("", "c-1"))), "c-1")
    assert [len(batch) for batch in batches({"0": exact, "1": entry("", "c-2")})] == [1, 1]
    assert list(batches({})) == []


def test_one_that_is_too_large_does_not_take_others_along() -> None:
    """It is given back without a try."""
    queue = Queue()
    entries = {"0": entry("x" * BYTES, "c-0"), "1": entry("{}", "c-1")}
    assert send_all(queue, QUEUE, entries, sleep=lambda _: None) == {"0": TOO_LONG}
    assert [one["Id"] for (one,) in queue.calls] == ["1"]


@pytest.mark.parametrize(
    "lost",
    [
        command(Status.PENDING),
        unsent(pending_entry=PendingEntry(NOW, LATER)),
        unsent(pending_entry=None),
    ],
)
def test_a_command_whose_input_is_gone_does_not_stop_the_others(lost: Command) -> None:
    """It is not sent with an empty input, which would be other work."""
    queue = Queue()
    others = [unsent(id=f"c-{number}") for number in (2, 3)]
    sent = SQSSender(lambda: queue, QUEUE).send([others[0], lost, others[1]])
    assert list(sent) == ["c-2", "c-3"]
    assert len(queue.calls[0]) == 2


def test_an_entry_says_whose_command_it_is() -> None:
    """Id and owner as attributes; an owner that there is not is not sent empty."""
    queue = Queue()
    sender = SQSSender(lambda: queue, QUEUE)
    owned = unsent(owner="alice", group="g")
    assert list(sender.send([owned, unsent(id="c-2")])) == ["c-1", "c-2"]
    first, second = queue.calls[0]
    assert first["MessageAttributes"]["owner"] == {"DataType": "String", "StringValue": "alice"}
    assert first["MessageAttributes"]["command_id"]["StringValue"] == "c-1"
    assert set(second["MessageAttributes"]) == {"command_id"}
    assert "MessageGroupId" not in first


@pytest.mark.parametrize(
    ("seconds", "delay"), [(-5, None), (0, None), (0.2, 1), (900, 900), (900.2, None)]
)
def test_a_command_that_starts_later_is_delayed(seconds: float, delay: int | None) -> None:
    """By whole seconds; what is too far away is sent at once, and held by the worker."""
    queue = Queue()
    timing = Timing(NOW + timedelta(seconds=seconds))
    SQSSender(lambda: queue, QUEUE, clock=lambda: NOW).send([unsent(timing=timing)])
    [[sent]] = queue.calls
    assert sent.get("DelaySeconds") == delay
    assert '"notBefore":"2030-' in sent["MessageBody"]


def test_a_fifo_queue_gets_group_and_id() -> None:
    """The id tells repetitions, not the body."""
    queue = Queue()
    SQSSender(lambda: queue, FIFO, fair=True).send([unsent(owner="a", group="g")])
    ((sent,),) = queue.calls
    assert (sent["MessageGroupId"], sent["MessageDeduplicationId"]) == ("g", "c-1")


@pytest.mark.parametrize("owner", ["auth0|abc", "a@b.c"])
def test_a_fair_queue_gets_the_owner_as_group(owner: str) -> None:
    """As direct submission does it."""
    queue = Queue()
    SQSSender(lambda: queue, QUEUE, fair=True).send([unsent(owner=owner)])
    ((sent,),) = queue.calls
    assert sent["MessageGroupId"] == owner
    assert "MessageDeduplicationId" not in sent


@pytest.mark.parametrize("owner", ["José", "with a space", "x" * 129])
def test_a_name_that_is_no_group_becomes_one(owner: str) -> None:
    """Its own, whatever an issuer allows."""
    assert len(group_of(owner)) == 64
    assert group_of(owner) != group_of(owner + "x")


def test_the_whole_entry_has_to_fit_and_not_its_body_alone() -> None:
    """Attributes are counted by SQS, too: an owner's name can be what is too much."""
    sender = SQSSender(Queue, QUEUE)
    body = {"text": "x" * (BYTES - 150)}
    assert sender.takes(unsent(pending_entry=PendingEntry(NOW, LATER, body)))
    assert not sender.takes(unsent(pending_entry=PendingEntry(NOW, LATER, body), owner="o" * 200))


@pytest.mark.parametrize("owner", ["a\x00b", "a\x1fb", "a\ufffeb"])
def test_a_character_that_sqs_refuses_is_known_beforehand(owner: str) -> None:
    """In the body it is escaped, in an attribute it cannot be."""
    sender, entry = SQSSender(Queue, QUEUE), PendingEntry(NOW, LATER, {"n": owner})

    assert sender.takes(unsent(pending_entry=entry, owner="alice é"))
    assert not sender.takes(unsent(pending_entry=entry, owner=owner))


def test_each_command_goes_to_its_queue() -> None:
    """One that names none, or one that is gone by now, goes to the default one."""
    queue = Queue(refuses={"3": 99})
    sender = SQSSender(
        lambda: queue, QUEUE, urls={"slow": "https://sqs/slow"}, sleep=lambda _: None
    )
    commands = [unsent(id=f"c-{n}", queue=name) for n, name in enumerate(["", "slow", "gone", ""])]
    assert list(sender.send(commands)) == ["c-0", "c-1", "c-2"]
    made = zip(queue.urls, queue.calls, strict=True)
    calls = {(url, *(one["Id"] for one in call)) for url, call in made}
    assert calls == {(QUEUE, "0", "2", "3"), (QUEUE, "3"), ("https://sqs/slow", "1")}
