"""The contract of an API's store: one write wins, and marks mean something only at the start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.dynamodb.item import shard
from command_api.domain.access import ANYBODY
from command_api.domain.model import Lease, PastAttempt, PendingEntry, Status, Step
from command_api.domain.submission import submitted
from tests.builders import LATER, NOW, SECOND, TEMPORARY, WAITS_UNTIL, attempt, command, submission
from tests.contract.states import KNOWN, PURGE_AT, TOMBSTONE

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, Outbox

UNTIL = NOW + 15 * SECOND
NEW = submitted(submission(), until=UNTIL)
MARK = PendingEntry(NOW, UNTIL, {"n": 1})
OTHER = submitted(submission(input={"n": 2}), until=UNTIL)
SHARD = shard("c-1")
UNSTARTED = {"waiting for its first attempt", "scheduled for later", "scheduled for this moment"}


def stored(outbox: Outbox, known: Command = NEW) -> Command:
    """A command that an API has stored."""
    assert outbox.store(known) is None
    return known


def test_a_new_command_is_stored_and_marked(store: CommandStore, outbox: Outbox) -> None:
    """It is PENDING for whoever asks, and what it was asked for is all there."""
    stored(outbox)
    found = store.get("c-1")
    assert found == NEW
    assert (NEW.status, NEW.attempts, NEW.pending_entry) == (Status.PENDING, 0, MARK)


@pytest.mark.parametrize("state", KNOWN)
def test_a_known_command_stands_in_the_way(store: CommandStore, outbox: Outbox, state: str) -> None:
    """In every state but one: it stays as it is and is handed back, without a read."""
    known = KNOWN[state]
    store.record(known)
    found = outbox.store(OTHER)
    assert found == (None if state == "past its time" else known)
    if found is not None:
        assert store.get("c-1") == known


@pytest.mark.parametrize("owner", ["alice", ""])
def test_a_submission_never_overwrites_what_is_stored_and_unsent(
    store: CommandStore, outbox: Outbox, owner: str
) -> None:
    """Not even long after its sender should have come to an end, whoever owns it."""
    known = stored(outbox, replace(NEW, owner=owner))
    later = submitted(submission(submitted_at=LATER, owner="mallory"), until=LATER + SECOND)
    assert outbox.store(later) == known
    assert store.get("c-1") == known


def test_nothing_is_left_of_a_command_past_its_time(store: CommandStore, outbox: Outbox) -> None:
    """Neither its result, nor its owner, nor its time to live."""
    expired = command(owner="alice", steps={"pay": Step(1)}).completed(
        {"old": True}, now=NOW, purge_at=NOW
    )
    store.record(expired)
    stored(outbox)
    assert store.get("c-1") == NEW


def test_a_worker_claims_and_finishes_what_a_submission_has_stored(
    store: CommandStore, outbox: Outbox
) -> None:
    """The marks stay until the API takes them away, which changes nothing else."""
    known = stored(outbox, replace(NEW, owner="alice", group="g-1"))
    asked = submission(owner="alice", submitted_at=LATER)
    claim = store.claim(asked, attempt())
    claimed = claim.command
    assert (claim.won, claimed.created_at, claimed.pending_entry) == (True, NOW, MARK)
    outbox.sent(known, waits_until=WAITS_UNTIL)
    done = claimed.completed(1, now=LATER, purge_at=PURGE_AT)
    store.finish(done, "t-1")
    assert store.get("c-1") == replace(done, pending_entry=None, waits_until=WAITS_UNTIL)


def test_a_sent_command_is_marked_no_more(store: CommandStore, outbox: Outbox) -> None:
    """Twice is as good as once."""
    for _ in range(2):
        outbox.sent(NEW, waits_until=WAITS_UNTIL)
        assert store.get("c-1") is None
    stored(outbox)
    for _ in range(2):
        outbox.sent(NEW, waits_until=WAITS_UNTIL)
        assert store.get("c-1") == replace(NEW, pending_entry=None, waits_until=WAITS_UNTIL)


def test_a_stale_note_leaves_a_later_submission_alone(store: CommandStore, outbox: Outbox) -> None:
    """The id stands for another command by now."""
    later = stored(outbox, submitted(submission(submitted_at=LATER), until=LATER))
    outbox.sent(NEW, waits_until=WAITS_UNTIL)
    outbox.release_lease(NEW, now=NOW)
    assert store.get("c-1") == later


def test_a_submission_in_flight_is_not_taken_over(outbox: Outbox) -> None:
    """Until its sender must have come to an end."""
    stored(outbox)
    assert outbox.acquire_lease("c-1", now=UNTIL - SECOND, until=LATER) == (NEW, False)


def test_exactly_one_takes_a_submission_over(outbox: Outbox) -> None:
    """The second one learns who has it, and until when."""
    stored(outbox)
    taken = replace(NEW, pending_entry=replace(MARK, lease_until=LATER))
    assert outbox.acquire_lease("c-1", now=UNTIL, until=LATER) == (taken, True)
    later = LATER + SECOND
    assert outbox.acquire_lease("c-1", now=UNTIL, until=later) == (taken, False)


def test_a_released_lease_can_be_acquired_at_once(outbox: Outbox) -> None:
    """And only by the one who has it: after a take-over, letting go is stale."""
    stored(outbox)
    outbox.release_lease(NEW, now=NOW)
    taken, won = outbox.acquire_lease("c-1", now=NOW, until=LATER)
    assert won
    outbox.release_lease(NEW, now=NOW)
    assert outbox.acquire_lease("c-1", now=UNTIL, until=LATER + SECOND) == (taken, False)


@pytest.mark.parametrize("state", KNOWN)
def test_only_what_has_not_begun_is_taken_over(
    store: CommandStore, outbox: Outbox, state: str
) -> None:
    """Marks on anything else mean nothing."""
    marked = replace(KNOWN[state], pending_entry=MARK)
    store.record(marked)
    found, won = outbox.acquire_lease("c-1", now=UNTIL, until=LATER)
    assert won == (state in UNSTARTED)
    assert found == (
        replace(marked, pending_entry=replace(MARK, lease_until=LATER)) if won else marked
    )


def test_what_is_sent_or_unknown_is_not_taken_over(outbox: Outbox) -> None:
    """There is nothing to send."""
    assert outbox.acquire_lease("c-1", now=UNTIL, until=LATER) == (None, False)
    stored(outbox)
    outbox.sent(NEW, waits_until=WAITS_UNTIL)
    sent = replace(NEW, pending_entry=None, waits_until=WAITS_UNTIL)
    assert outbox.acquire_lease("c-1", now=UNTIL, until=LATER) == (sent, False)


def test_the_index_finds_pending_entries(outbox: Outbox) -> None:
    """By shard, the oldest first, page by page, and nothing that was sent."""
    others = [f"c-{n}" for n in range(2, 200) if shard(f"c-{n}") == SHARD][:3]
    for age, command_id in enumerate(others):
        at = NOW - age * SECOND
        stored(outbox, submitted(submission(id=command_id, submitted_at=at), until=UNTIL))
    first, second, third = others
    before = NOW + SECOND
    for page in (1, 2, 10):
        found = outbox.pending(SHARD, before=before, page=page)
        assert list(found) == [third, second, first]
    assert list(outbox.pending(SHARD, before=NOW, page=10)) == [third, second]
    assert list(outbox.pending("x", before=before, page=10)) == []
    at = NOW - 2 * SECOND
    outbox.sent(
        submitted(submission(id=third, submitted_at=at), until=UNTIL), waits_until=WAITS_UNTIL
    )
    assert list(outbox.pending(SHARD, before=before, page=10)) == [second, first]


@pytest.mark.parametrize(
    "lost",
    [
        command(Status.PENDING, attempts=0),
        command(Status.PENDING, failure=TEMPORARY),
        command(lease=Lease("t-0", NOW - SECOND)),
        replace(NEW, pending_entry=MARK),
    ],
)
def test_what_has_lost_its_message_is_submitted_anew(
    store: CommandStore, outbox: Outbox, lost: Command
) -> None:
    """The same request runs it: until then it is known, and stands in the way."""
    store.record(replace(lost, waits_until=NOW - SECOND))
    again = submitted(submission(submitted_at=NOW - SECOND), until=UNTIL)
    assert outbox.store(again) is not None
    stored(outbox)
    assert store.get("c-1") == NEW


@pytest.mark.parametrize("status", [Status.PENDING, Status.PROCESSING])
def test_what_has_lost_its_message_keeps_what_is_done(
    store: CommandStore, outbox: Outbox, status: Status
) -> None:
    """Its steps do not run again, and its attempts begin anew."""
    steps = {"pay": Step("r-7")}
    past = (PastAttempt(3, NOW, NOW, Status.FAILED, "timeout", "Too slow."),)
    lost = command(
        status,
        attempts=2,
        lease=Lease("t-0", NOW - SECOND),
        steps=steps,
        past=past,
        created_at=NOW - 9 * SECOND,
        waits_until=NOW - SECOND,
    )
    store.record(lost)
    stored(outbox)
    anew = replace(NEW, created_at=lost.created_at, steps=steps, past=past)
    assert store.get("c-1") == anew


@pytest.mark.parametrize("asked", [{"input": {"n": 2}}, {"owner": "alice"}])
def test_a_lost_command_keeps_its_id_from_others(
    store: CommandStore, outbox: Outbox, asked: dict[str, Any]
) -> None:
    """Its message may turn up after all."""
    store.record(known := command(Status.PENDING, attempts=0, waits_until=NOW - SECOND))
    assert outbox.store(submitted(submission(**asked), until=UNTIL)) == known
    assert store.get("c-1") == known


@pytest.mark.parametrize("known", [command(), KNOWN["completed"]])
def test_what_runs_or_has_ended_is_not_lost(
    store: CommandStore, outbox: Outbox, known: Command
) -> None:
    """It needs no message any more."""
    store.record(known := replace(known, waits_until=NOW - SECOND))
    assert outbox.store(NEW) == known


def test_a_copy_of_its_message_keeps_a_command_waiting(store: CommandStore, outbox: Outbox) -> None:
    """A paused command has a message for longer than one message lives."""
    store.wait("c-1", WAITS_UNTIL)
    assert store.get("c-1") is None
    stored(outbox)
    store.wait("c-1", WAITS_UNTIL)
    assert store.get("c-1") == replace(NEW, waits_until=WAITS_UNTIL)
    claimed = store.claim(submission(), attempt()).command
    store.wait("c-1", LATER)
    assert store.get("c-1") == replace(claimed, waits_until=LATER)
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")
    store.wait("c-1", WAITS_UNTIL)
    ended = store.get("c-1")
    assert ended is not None
    assert ended.waits_until == LATER


def test_a_command_can_be_cancelled_before_it_is_sent(store: CommandStore, outbox: Outbox) -> None:
    """Then nobody sends it any more; the mark goes when it is found."""
    stored(outbox)
    cancelled, won = store.cancel(TOMBSTONE, ANYBODY)
    assert (won, cancelled.status, cancelled.type) == (True, Status.CANCELLED, "echo")
    assert outbox.acquire_lease("c-1", now=UNTIL, until=LATER) == (cancelled, False)
    outbox.settle(cancelled)
    assert store.get("c-1") == replace(cancelled, pending_entry=None)
