"""The rules of a command's life."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.domain import lifecycle
from command_api.domain.lifecycle import WORKER_LOST, Verdict
from command_api.domain.model import Command, Lease, Status
from command_api.domain.retry import RetryPolicy
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, attempt, command, submission

GONE = Lease("t-0", NOW - SECOND)


@pytest.mark.parametrize(
    ("known", "message_id", "expected"),
    [
        (command(Status.PENDING), "m-1", Verdict.CLAIM),
        (command(Status.PENDING), "m-2", Verdict.CLAIM),
        (command(), "m-1", Verdict.WAIT),
        (command(), "m-2", Verdict.DUPLICATE),
        (command(lease=GONE), "m-1", Verdict.TAKE_OVER),
        (command(lease=GONE), "m-2", Verdict.TAKE_OVER),
        (command(lease=GONE, attempts=3), "m-1", Verdict.BURY),
        (command().completed(1, now=NOW, purge_at=LATER), "m-1", Verdict.DUPLICATE),
        (command().failed(FINAL, now=NOW, purge_at=LATER), "m-2", Verdict.DUPLICATE),
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), "m-1", Verdict.DEAD),
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), "m-2", Verdict.RESTART),
        (command().completed(1, now=NOW, purge_at=NOW), "m-2", Verdict.RESTART),
    ],
)
def test_verdicts(known: Command, message_id: str, expected: Verdict) -> None:
    """Every state of a command tells each message what to do."""
    assert lifecycle.verdict(known, message_id, sent_at=LATER, now=NOW) is expected


def test_a_message_as_old_as_the_failure_was_not_sent_again() -> None:
    """Two messages of one command must not give each other fresh attempts for ever."""
    failed = command().failed(TEMPORARY, now=NOW, purge_at=LATER)
    assert lifecycle.verdict(failed, "m-2", sent_at=NOW, now=NOW) is Verdict.DEAD


def test_a_worker_lost_on_the_last_attempt_is_seen_as_a_failure() -> None:
    """Nobody writes after a crash, so the reader draws the conclusion from item and clock."""
    lost = command(attempts=3, lease=GONE)
    seen = lifecycle.observed(lost, now=NOW)
    assert seen is not None
    assert (seen.status, seen.failure, seen.completed_at) == (
        Status.FAILED,
        WORKER_LOST,
        GONE.expires_at,
    )


@pytest.mark.parametrize("known", [command(attempts=3), command(lease=GONE)])
def test_a_worker_that_may_still_run_or_be_followed_is_not_lost(known: Command) -> None:
    """A live lease, or attempts to go, keep a command in PROCESSING for its readers."""
    assert lifecycle.observed(known, now=NOW) == known


def test_no_reader_sees_a_command_past_its_time() -> None:
    """DynamoDB deletes late, readers must not notice."""
    done = command().completed(1, now=NOW, purge_at=LATER)
    assert lifecycle.observed(done, now=LATER - SECOND) == done
    assert lifecycle.observed(done, now=LATER) is None


def test_a_restart_begins_with_fresh_attempts() -> None:
    """A redriven command gets all its attempts again and keeps the results of its steps."""
    failed = command(attempts=3, steps={"pay": "r-7"}).failed(TEMPORARY, now=NOW, purge_at=LATER)
    restarted = lifecycle.restarted(failed, submission(), attempt(message_id="m-2", at=LATER))
    assert restarted == command(
        message_id="m-2", steps={"pay": "r-7"}, updated_at=LATER, lease=command().lease
    )


def test_a_restart_with_other_work_forgets_the_old_steps() -> None:
    """A result belongs to the input that it was made from."""
    failed = command(steps={"pay": "r-7"}).failed(TEMPORARY, now=NOW, purge_at=LATER)
    other = submission(input={"n": 2}, submitted_at=LATER)
    restarted = lifecycle.restarted(failed, other, attempt())
    assert (restarted.steps, restarted.input, restarted.created_at) == ({}, {"n": 2}, LATER)


@given(attempt=st.integers(1, 10_000), share=st.floats(0, 1))
def test_backoff_stays_between_zero_and_its_cap(attempt: int, share: float) -> None:
    """Full jitter draws from zero up to the exponential limit, whatever the attempt."""
    policy = RetryPolicy(base_seconds=2, cap_seconds=60)
    delay = policy.delay(attempt, jitter=lambda low, high: low + share * (high - low))
    assert 0 <= delay <= min(60, 2 * 2 ** min(attempt - 1, 32))


def test_backoff_doubles() -> None:
    """Without jitter the limits are one, two, four times the base, up to the cap."""
    policy = RetryPolicy(base_seconds=2, cap_seconds=15)
    limits = [policy.delay(n, jitter=lambda _low, high: high) for n in (1, 2, 3, 4, 5)]
    assert limits == [2, 4, 8, 15, 15]


@pytest.mark.parametrize(("age", "seconds"), [(0, 1), (8, 2), (40, 10), (9_000, 30)])
def test_young_commands_are_polled_sooner(age: int, seconds: int) -> None:
    """Retry-After grows with the age of a command, between 1 and 30 seconds."""
    assert lifecycle.poll_after(command(), now=NOW + timedelta(seconds=age)) == seconds
