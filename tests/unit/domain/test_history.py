"""A command's past, as its record tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from command_api.domain import lifecycle
from command_api.domain.hand_over import HandOver
from command_api.domain.history import shown
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.model import Command, Failure, Lease, PastAttempt, Status
from tests.builders import LATER, NOW, SECOND, TEMPORARY, attempt, command, submission


def told(stored: Command) -> list[tuple[object, ...]]:
    """Status, seconds since NOW, attempt, duration and code of each change."""
    seen = lifecycle.observed(stored, now=LATER)
    assert seen is not None
    return [
        (
            one["status"],
            one["at"][17:19],
            one.get("attempt"),
            one.get("seconds"),
            one.get("error", {}).get("code"),
        )
        for one in shown(seen)
    ]


def after(seconds: int) -> dict[str, object]:
    """An attempt so many seconds after NOW, with a lease of ten."""
    at = NOW + timedelta(seconds=seconds)
    return {"at": at, "lease_until": at + 10 * SECOND, "token": f"t-{seconds}"}


def test_a_retry_a_slice_and_a_success_are_told_in_their_order() -> None:
    """Each attempt with its duration, a failed one with its error."""
    first = lifecycle.claimed(None, submission(), attempt(**after(1)))
    waits = first.released(TEMPORARY, now=NOW + 3 * SECOND)
    second = lifecycle.claimed(waits, submission(), attempt(**after(4)))
    sliced = second.continued(7, now=NOW + 9 * SECOND)
    third = lifecycle.claimed(sliced, submission(), attempt(**after(10)))
    begun = [
        ("PENDING", "05", None, None, None),
        ("PROCESSING", "06", 1, None, None),
        ("PENDING", "08", 1, 2.0, "temporary_failure"),
        ("PROCESSING", "09", 2, None, None),
        ("PENDING", "14", 2, 5.0, None),
        ("PROCESSING", "15", 1, None, None),
    ]
    assert told(replace(third, lease=Lease("t", LATER))) == begun
    done = third.completed(1, now=NOW + 12 * SECOND, purge_at=LATER + SECOND)
    assert told(done) == [*begun, ("COMPLETED", "17", 1, 2.0, None)]


def test_an_attempt_is_not_told_of_the_hand_over_before_it() -> None:
    """Not even where the clock of its worker is behind that of the worker before."""
    first = lifecycle.claimed(None, submission(), attempt(**after(1)))
    given = HandOver("t-1", "d" * 64, 10 * SECOND, attempts=3, retry=True, at=NOW + 5 * SECOND)
    handed = first.handed(given, until=NOW + 15 * SECOND)
    assert [one.get("handedOver") for one in shown(handed)] == [None, None, True]
    waits = handed.released(TEMPORARY, now=NOW + 5 * SECOND)
    second = lifecycle.claimed(waits, submission(), attempt(**after(4)))

    assert [one.get("handedOver") for one in shown(second)] == 4 * [None]


def test_a_failure_and_its_restart_are_both_told() -> None:
    """A redrive begins with attempt 1 again."""
    failed = command(attempts=3).failed(TEMPORARY, now=NOW + SECOND, purge_at=LATER + SECOND)
    again = lifecycle.restarted(failed, submission(), attempt(**after(5)))
    assert told(failed) == [
        ("PENDING", "05", None, None, None),
        ("PROCESSING", "05", 3, None, None),
        ("FAILED", "06", 3, 1.0, "temporary_failure"),
    ]
    assert told(again)[:4] == [*told(failed), ("PROCESSING", "10", 1, None, None)]


def test_a_lost_worker_is_told_by_its_successor_and_by_the_clock() -> None:
    """Its attempt ends with its lease; on the last attempt that is the command's end."""
    gone = command(lease=Lease("t-0", NOW + 5 * SECOND))
    next_one = lifecycle.claimed(gone, submission(), attempt(**after(7), takes_over=True))
    assert told(replace(next_one, lease=Lease("t", LATER)))[1:] == [
        ("PROCESSING", "05", 1, None, None),
        ("PENDING", "10", 1, 5.0, WORKER_LOST.code),
        ("PROCESSING", "12", 2, None, None),
    ]
    last = told(replace(gone, attempts=3))
    assert last[-1] == ("FAILED", "10", 3, 5.0, WORKER_LOST.code)


def test_a_stop_is_told_with_the_time_of_its_request() -> None:
    """CANCELLING, and then what it came to."""
    asked = command().cancelling(now=NOW + SECOND)
    ended = asked.cancelled(now=NOW + 3 * SECOND, purge_at=LATER + SECOND)
    assert told(ended)[2:] == [
        ("CANCELLING", "06", 1, None, None),
        ("CANCELLED", "08", 1, 3.0, None),
    ]
    never_ran = command(Status.PENDING, attempts=0)
    ended = never_ran.cancelled(now=NOW + SECOND, purge_at=LATER + SECOND)
    assert told(ended)[1:] == [("CANCELLED", "06", None, None, None)]


def test_an_attempt_that_did_not_count_is_not_told() -> None:
    """The table, the queue or a secret was away: as if it had not been."""
    waits = command().unclaimed(None, now=NOW + SECOND)
    assert told(waits) == [("PENDING", "05", None, None, None)]
    failed = command(attempts=3).failed(TEMPORARY, now=NOW + SECOND, purge_at=LATER + SECOND)
    again = lifecycle.restarted(failed, submission(), attempt(**after(5)))
    waits = again.unclaimed(None, now=NOW + 6 * SECOND)
    assert told(waits) == [*told(failed), ("PENDING", "11", None, None, None)]


def test_the_past_is_bounded() -> None:
    """Ten attempts beside the last one, with 300 characters of each message."""
    running = command()
    for number in range(12):
        failure = Failure(code=f"code_{number}", message="m" * 1000, retryable=True)
        running = lifecycle.claimed(
            running.released(failure, now=NOW), submission(), attempt(max_attempts=99)
        )
    assert [one.code for one in running.past] == [f"code_{number}" for number in range(2, 12)]
    assert running.past[0] == PastAttempt(3, NOW, NOW, Status.PENDING, "code_2", "m" * 300)
