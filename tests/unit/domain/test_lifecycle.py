"""The rules of a command's life, apart from what becomes of its messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from command_api.domain import lifecycle
from command_api.domain.lifecycle import MESSAGE_LOST, WORKER_LOST
from command_api.domain.model import Command, Lease, PastAttempt, PendingEntry, Status, Step
from tests.builders import (
    FINAL,
    LATER,
    NOW,
    SECOND,
    TEMPORARY,
    WAITS_UNTIL,
    attempt,
    command,
    submission,
)

GONE = Lease("t-0", NOW - SECOND)
STEPS = {"pay": Step("r-7")}


@pytest.mark.parametrize(
    ("known", "won"),
    [
        (None, {"claims": True, "takes over": True}),
        (command(Status.PENDING), {"claims": True, "takes over": True}),
        (command(), {"claims": False, "takes over": False}),
        (command(lease=GONE), {"claims": False, "takes over": True}),
        (command(lease=GONE, attempts=3), {"claims": False, "takes over": False}),
        (command(Status.PENDING, owner="alice"), {"claims": False, "takes over": False}),
        (command(Status.PENDING, work="other"), {"claims": False, "takes over": False}),
        (
            command().failed(TEMPORARY, now=NOW, purge_at=LATER),
            {"claims": False, "takes over": False},
        ),
        (command().completed(1, now=NOW, purge_at=NOW), {"claims": False, "takes over": False}),
    ],
)
def test_a_claim_succeeds_where_something_waits(
    known: Command | None, won: dict[str, bool]
) -> None:
    """Or where a worker died with attempts to go, and nobody else is beside the message."""
    for how, expected in won.items():
        asking = attempt(takes_over=how == "takes over")
        assert lifecycle.claimable(known, submission(), asking) == expected


@pytest.mark.parametrize("other", [{"n": True}, {"n": 1.0}, {"n": "1"}, {"n": 1, "m": None}])
def test_work_is_compared_by_its_text(other: dict[str, object]) -> None:
    """Python takes 1, 1.0 and true for equal; a client does not mean the same by them."""
    asked = submission(input=other)
    assert not lifecycle.claimable(command(Status.PENDING), asked, attempt())
    failed = command(steps=STEPS).failed(TEMPORARY, now=NOW, purge_at=LATER)
    again = lifecycle.restarted(failed, asked, attempt())
    assert (again.steps, again.work) == ({}, asked.work)


def test_the_order_of_fields_is_no_difference() -> None:
    """A client that writes the same input in another order asks for the same."""
    one, other = submission(input={"a": 1, "b": {"c": 2, "d": 3}}), {"b": {"d": 3, "c": 2}, "a": 1}
    assert one.work == submission(input=other).work


def test_a_restart_begins_with_fresh_attempts() -> None:
    """A redriven command gets all its attempts again and keeps the results of its steps."""
    failed = command(attempts=3, steps=STEPS).failed(TEMPORARY, now=NOW, purge_at=LATER)
    restarted = lifecycle.restarted(failed, submission(), attempt(message_id="m-2", at=LATER))
    expected = command(
        message_id="m-2",
        steps=STEPS,
        updated_at=LATER,
        waits_until=WAITS_UNTIL,
        past=(PastAttempt(3, NOW, NOW, Status.FAILED, TEMPORARY.code, TEMPORARY.message),),
    )
    assert restarted == expected


def test_the_failures_that_a_record_keeps_are_bounded() -> None:
    """The last ten, the oldest first, each with at most 300 characters of its message."""
    known = command()
    for number in range(12):
        failure = replace(TEMPORARY, code=f"code_{number}", message="m" * 1000)
        failed = known.failed(failure, now=NOW, purge_at=LATER)
        known = lifecycle.restarted(failed, submission(), attempt())
    codes = [one.code for one in known.past]
    assert codes == [f"code_{number}" for number in range(2, 12)]
    assert {one.message for one in known.past} == {"m" * 300}


def test_a_restart_without_a_failure_adds_none() -> None:
    """What was kept before stays."""
    kept = (PastAttempt(3, NOW, NOW, Status.FAILED, "timeout", "Late."),)
    known = command(past=kept).completed(1, now=NOW, purge_at=NOW)
    assert lifecycle.restarted(known, submission(), attempt()).past == kept


@pytest.mark.parametrize(
    "known",
    [
        replace(command(steps=STEPS).completed(1, now=NOW, purge_at=NOW), steps=STEPS),
        command(steps=STEPS, work="other").failed(TEMPORARY, now=NOW, purge_at=LATER),
        command(steps=STEPS, owner="alice").failed(FINAL, now=NOW, purge_at=NOW),
    ],
)
def test_a_restart_of_something_else_forgets_what_was_before(known: Command) -> None:
    """Steps and failures belong to the input and to the owner that they came from."""
    restarted = lifecycle.restarted(known, submission(), attempt())
    assert (restarted.steps, restarted.past) == ({}, ())


def test_a_worker_lost_on_the_last_attempt_is_seen_as_a_failure() -> None:
    """Nobody writes after a crash, so the reader draws the conclusion from item and clock."""
    lost = command(attempts=3, lease=GONE)
    seen = lifecycle.observed(lost, now=NOW)
    assert seen is not None
    ended = (seen.status, seen.failure, seen.completed_at)
    assert ended == (Status.FAILED, WORKER_LOST, GONE.expires_at)


@pytest.mark.parametrize("known", [command(attempts=3), command(lease=GONE)])
def test_a_worker_that_may_still_run_or_be_followed_is_not_lost(known: Command) -> None:
    """A live lease, or attempts to go, keep a command in PROCESSING for its readers."""
    assert lifecycle.observed(known, now=NOW) == known


@pytest.mark.parametrize(
    "waiting",
    [
        command(Status.PENDING, attempts=0, pending_entry=PendingEntry(NOW, NOW, {})),
        command(Status.PENDING, failure=TEMPORARY),
        command(lease=GONE),
    ],
)
def test_a_command_whose_message_is_gone_is_seen_as_lost(waiting: Command) -> None:
    """Dropped, purged, or gone with its queue: nothing waits for ever, whatever it waits for."""
    known = replace(waiting, waits_until=NOW)
    assert lifecycle.observed(known, now=NOW) == known
    seen = lifecycle.observed(known, now=NOW + SECOND)
    assert seen is not None
    ended = (seen.status, seen.failure, seen.completed_at)
    assert ended == (Status.FAILED, MESSAGE_LOST, NOW)


@pytest.mark.parametrize("known", [command(), command().completed(1, now=NOW, purge_at=LATER)])
def test_what_runs_or_has_ended_needs_no_message(known: Command) -> None:
    """A worker that holds the command finishes it, however old its message is."""
    known = replace(known, waits_until=NOW - SECOND)
    assert lifecycle.observed(known, now=NOW) == known


def test_no_reader_sees_a_command_past_its_time() -> None:
    """DynamoDB deletes late, readers must not notice."""
    done = command().completed(1, now=NOW, purge_at=LATER)
    assert lifecycle.observed(done, now=LATER - SECOND) == done
    assert lifecycle.observed(done, now=LATER) is None


@pytest.mark.parametrize(("age", "seconds"), [(0, 1), (8, 2), (40, 10), (9_000, 30)])
def test_young_commands_are_polled_sooner(age: int, seconds: int) -> None:
    """Retry-After grows with the age of a command, between 1 and 30 seconds."""
    assert lifecycle.poll_after(command(), now=NOW + timedelta(seconds=age)) == seconds
