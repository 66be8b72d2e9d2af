"""What a submission left behind is sent in the end, and nothing else is."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from command_api.adapters.dynamodb.item import shard
from command_api.domain import lifecycle
from command_api.domain.model import Command, PendingEntry, Status
from command_api.domain.submission import OUTBOX_RETENTION
from command_api.usecases.relay import AGE, PER_SHARD
from tests.builders import FUNCTION_ENVIRONMENT, LATER, NOW, SECOND, TEMPORARY, command
from tests.unit.usecases.harness import TIMEOUT, BadQueue, BadTable, Harness

MARK = PendingEntry(NOW, NOW + TIMEOUT, {"n": 1})
UNSENT = command(Status.PENDING, attempts=0, max_attempts=1, message_id="", pending_entry=MARK)
AFTER = NOW + timedelta(minutes=5)


def holding(harness: Harness, *commands: Command) -> Harness:
    """Put the commands into the table."""
    harness.table.store_.commands.update({one.id: one for one in commands})
    return harness


def test_what_is_pending_is_sent() -> None:
    """Once: the next run finds nothing any more."""
    harness = holding(Harness(now=AFTER), replace(UNSENT, owner="alice", group="g"))
    assert harness.relay() == {"sent": 1, "cleaned": 0, "lost": 0, "skipped": 0, "failed": 0}
    (sent,) = harness.queue.messages
    assert (sent.id, sent.owner, sent.group) == ("c-1", "alice", "g")
    assert sent.pending_entry is not None
    assert sent.pending_entry.input == {"n": 1}
    assert harness.command.pending_entry is None
    assert harness.relay()["sent"] == 0


def test_an_entry_whose_input_is_gone_does_not_stop_the_others() -> None:
    """Deleted by hand, or past its time: it cannot be sent, and its neighbours can."""
    others = [f"c-{n}" for n in range(2, 99) if shard(f"c-{n}") == shard("c-1")][:2]
    lost = replace(UNSENT, pending_entry=replace(MARK, input=None))
    harness = holding(Harness(now=AFTER), lost, *(replace(UNSENT, id=one) for one in others))
    assert harness.relay()["sent"] == 2
    assert sorted(sent.id for sent in harness.queue.messages) == sorted(others)


def test_what_the_queue_never_takes_does_not_block_its_shard() -> None:
    """More of it than a page has: the commands behind it are sent in the same run."""
    same = [f"c-{n}" for n in range(2, 3_000) if shard(f"c-{n}") == shard("c-1")][: PER_SHARD + 3]
    stuck, behind = same[:PER_SHARD], same[PER_SHARD:]
    harness = holding(Harness(now=AFTER))
    for number, command_id in enumerate(same):
        since = NOW + timedelta(milliseconds=number)
        holding(harness, replace(UNSENT, id=command_id, pending_entry=replace(MARK, since=since)))
    harness.queue.refused.update(stuck)
    assert harness.relay() == {
        "sent": 3,
        "cleaned": 0,
        "lost": 0,
        "skipped": 0,
        "failed": PER_SHARD,
    }
    assert sorted(sent.id for sent in harness.queue.messages) == sorted(behind)


@pytest.mark.parametrize(
    "known",
    [
        replace(UNSENT, pending_entry=None),
        replace(
            UNSENT,
            pending_entry=replace(MARK, since=AFTER - AGE, lease_until=AFTER - AGE + TIMEOUT),
        ),
        replace(UNSENT, pending_entry=replace(MARK, lease_until=AFTER + SECOND)),
    ],
)
def test_what_is_sent_young_or_in_flight_is_left_alone(known: Command) -> None:
    """A submission, or another run of the outbox relay, is at it."""
    harness = holding(Harness(now=AFTER), known)
    assert harness.relay()["sent"] == 0
    assert (harness.command, harness.queue.messages) == (known, [])


@pytest.mark.parametrize(
    "known",
    [
        command(),
        command(Status.PENDING),
        command(Status.PENDING, failure=TEMPORARY),
        command().completed(1, now=NOW, purge_at=LATER),
        command().failed(TEMPORARY, now=NOW, purge_at=LATER),
        command(Status.PENDING, attempts=0).cancelled(now=NOW, purge_at=LATER),
    ],
)
def test_what_has_begun_or_ended_only_loses_its_mark(known: Command) -> None:
    """It was sent after all, or nobody wants it any more."""
    harness = holding(Harness(now=AFTER), replace(known, pending_entry=MARK))
    assert harness.relay() == {"sent": 0, "cleaned": 1, "lost": 0, "skipped": 0, "failed": 0}
    assert (harness.command, harness.queue.messages) == (known, [])


def test_what_can_never_be_sent_ends_as_lost() -> None:
    """After two weeks no run tries it any more, and whoever asks for it sees that it failed."""
    harness = Harness(now=NOW)
    harness.queue.refused = {"c-1"}
    harness.ask()
    harness.now += OUTBOX_RETENTION
    assert harness.relay()["failed"] == 1
    harness.now += SECOND
    assert harness.relay()["lost"] == 1
    assert harness.relay() == {"sent": 0, "cleaned": 0, "lost": 0, "skipped": 0, "failed": 0}
    seen = lifecycle.observed(harness.command, now=harness.now)
    assert seen is not None
    assert (seen.status, seen.failure) == (Status.FAILED, lifecycle.MESSAGE_LOST)


def test_a_table_that_is_away_ends_the_run() -> None:
    """Not all sixteen shards are asked in vain."""
    harness = holding(Harness(BadTable(away={"pending"}), now=AFTER), UNSENT)
    assert harness.relay()["failed"] == 1
    assert harness.table.writes == ["pending"]


def test_what_was_taken_over_before_the_table_went_away_is_still_sent() -> None:
    """The second of two cannot be taken over; the first one is on its way."""
    other = next(f"c-{n}" for n in range(2, 99) if shard(f"c-{n}") == shard("c-1"))
    harness = holding(Harness(now=AFTER), UNSENT, replace(UNSENT, id=other))
    calls: list[str] = []
    acquire_lease = harness.table.acquire_lease

    def once(command_id: str, **named: Any) -> object:
        calls.append(command_id)
        if len(calls) > 1:
            raise ConnectionError
        return acquire_lease(command_id, **named)

    harness.table.__dict__["acquire_lease"] = once
    assert harness.relay() == {"sent": 1, "cleaned": 0, "lost": 0, "skipped": 0, "failed": 1}
    assert [sent.id for sent in harness.queue.messages] == calls[:1]


@pytest.mark.parametrize("away", [True, False])
def test_a_queue_that_is_away_leaves_it_to_the_next_run(away: object) -> None:
    """Whether it does not answer or refuses: nothing is lost."""
    harness = holding(Harness(queue=BadQueue(away=bool(away), refused={"c-1"}), now=AFTER), UNSENT)
    assert harness.relay()["failed"] == 1
    harness.queue.away = False
    harness.queue.refused.clear()
    harness.now += timedelta(minutes=5)
    assert harness.relay()["sent"] == 1


@pytest.mark.parametrize("call", ["acquire_lease", "sent", "send"])
def test_an_entry_that_nobody_foresaw_concerns_itself_alone(call: str) -> None:
    """Whatever it breaks: those beside it and those of all other shards are sent."""
    ids = [f"c-{n}" for n in range(40)]
    harness = holding(Harness(now=AFTER), *(replace(UNSENT, id=one) for one in ids))
    owner: Any = harness.queue if call == "send" else harness.table
    working = getattr(owner, call)

    def broken(given: Any, **named: Any) -> object:
        named_ids = {getattr(one, "id", one) for one in (given if call == "send" else [given])}
        if "c-7" in named_ids:
            raise RecursionError
        return working(given, **named)

    owner.__dict__[call] = broken
    counts = harness.relay()
    assert counts["failed"] == 1
    assert counts["sent"] == 39
    expected = set(ids) if call == "sent" else {*ids} - {"c-7"}
    assert {sent.id for sent in harness.queue.messages} == expected


def test_a_run_is_bounded() -> None:
    """The oldest of each shard first; the rest is the next run's."""
    ids = [f"c-{n}" for n in range(5000) if shard(f"c-{n}") == "0"][: PER_SHARD + 7]
    harness = holding(Harness(now=AFTER), *(replace(UNSENT, id=one) for one in ids))
    assert harness.relay()["sent"] == PER_SHARD
    assert harness.relay()["sent"] == 7


def test_the_schedule_calls_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an event of EventBridge, which says nothing that matters; the answer is for the log."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.outbox_relay"))
    deadlines: list[datetime] = []

    def run(*, deadline: datetime) -> dict[str, int]:
        deadlines.append(deadline)
        return {"sent": 1}

    monkeypatch.setattr(module, "relay", run)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    began = datetime.now(UTC)
    assert module.handler({"source": "aws.events"}, context) == {"sent": 1}
    assert timedelta(seconds=59) < deadlines[0] - began < timedelta(seconds=61)


def test_nothing_is_begun_that_cannot_be_ended() -> None:
    """With too little time left, the run ends before it takes anything over."""
    harness = holding(Harness(now=AFTER), UNSENT)
    assert harness.relay(seconds=10) == {
        "sent": 0,
        "cleaned": 0,
        "lost": 0,
        "skipped": 0,
        "failed": 0,
    }
    assert harness.table.writes == []


def test_what_was_just_stored_is_sent_at_once() -> None:
    """However young it is; of what is unknown, sent or being sent, nothing comes."""
    ours = replace(MARK, lease_until=NOW, at_once=True)
    being_sent = replace(UNSENT, id="c-2")
    sent = replace(UNSENT, id="c-3", pending_entry=None)
    harness = holding(Harness(now=NOW), replace(UNSENT, pending_entry=ours), being_sent, sent)
    assert harness.send_now("c-1", "c-2", "c-3", "c-4")["sent"] == 1
    assert [one.id for one in harness.queue.messages] == ["c-1"]
    assert harness.command.pending_entry is None
    assert harness.send_now("c-1")["sent"] == 0


@pytest.mark.parametrize("away", ["table", "queue"])
def test_trouble_leaves_it_to_the_schedule(away: str) -> None:
    """The stream is not held up, and the next run finds it."""
    ours = replace(MARK, lease_until=NOW, at_once=True)
    harness = holding(Harness(now=NOW), replace(UNSENT, pending_entry=ours))
    harness.table.away = {"acquire_lease"} if away == "table" else set()
    harness.queue.away = away == "queue"
    assert harness.send_now("c-1")["failed"] == 1
    harness.table.away, harness.queue.away, harness.now = set(), False, AFTER
    assert harness.relay()["sent"] == 1


def test_the_stream_names_what_was_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function tells its two callers apart."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.outbox_relay"))
    asked: list[Any] = []

    def send_now(ids: list[str], **_: Any) -> dict[str, int]:
        asked.append(ids)
        return {"sent": len(ids)}

    module.__dict__["relay"] = SimpleNamespace(send_now=send_now)
    records = [{"dynamodb": {"Keys": {"id": {"S": name}}}} for name in ("c-1", "c-2")]
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    assert module.handler({"Records": records}, context) == {"sent": 2}
    assert asked == [["c-1", "c-2"]]
