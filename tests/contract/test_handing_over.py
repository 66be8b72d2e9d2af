"""The store's contract of hand-overs: they are the lease holder's, like all that it writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.decision import Terms
from command_api.domain.errors import CancelRequested, LeaseLost
from command_api.domain.hand_over import HandOver, Outcome, concluded, confirmed
from command_api.domain.model import Lease, Progress, Status
from command_api.domain.retry import RetryPolicy
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, attempt, command, submission
from tests.contract.states import KNOWN, PURGE_AT

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.ports import CommandStore

GIVEN = HandOver("t-1", "d1", timedelta(minutes=10), attempts=3)
HALF = Progress(0.5, "half ✓", NOW)
OUTCOMES = [
    *(Outcome({"ok": True}), Outcome(stopped=True)),
    *(Outcome(failure=FINAL), Outcome(failure=TEMPORARY)),
]


def terms(now: datetime) -> Terms:
    """What a conclusion goes by that is made then."""
    return Terms(
        now=now, policy=RetryPolicy(max_attempts=3), retention=timedelta(days=30), spread=0.0
    )


@pytest.mark.parametrize(
    "given", [GIVEN, GIVEN._replace(retry=True, timeout=timedelta(seconds=1.5))]
)
def test_a_hand_over_is_read_as_it_was_written(store: CommandStore, given: HandOver) -> None:
    """Before the handler has returned, afterwards, and with a report; nothing else changes."""
    claimed = store.claim(submission(), attempt()).command
    assert not store.hand_over(claimed.handed(given), "t-1")
    assert store.get("c-1") == replace(claimed, hand_over=given)
    handed = confirmed(claimed, given, now=LATER)
    assert not store.hand_over(handed, "t-1")
    assert store.get("c-1") == handed
    assert handed.lease == Lease("t-1", LATER + given.timeout)
    assert handed.max_attempts == (3 if given.retry else 1)
    assert not store.hand_over(handed, "t-1", HALF)
    assert store.get("c-1") == replace(handed, progress=HALF)


@pytest.mark.parametrize("state", KNOWN)
def test_only_the_lease_holder_hands_over(store: CommandStore, state: str) -> None:
    """Whatever has ended, waits or is another attempt's stays as it is."""
    known = KNOWN[state]
    store.record(known)
    for token in ("t-9", ""):
        with pytest.raises(LeaseLost):
            store.hand_over(replace(known, lease=Lease(token, LATER), hand_over=GIVEN), token)
    assert store.get("c-1") == known


def test_whoever_reports_hears_of_a_stop(store: CommandStore) -> None:
    """And what it reports does not take that back."""
    claimed = store.claim(submission(), attempt()).command
    handed = confirmed(claimed, GIVEN, now=NOW)
    store.hand_over(handed, "t-1")
    assert store.request_cancel(handed, NOW + SECOND)
    assert store.hand_over(confirmed(handed, GIVEN, now=LATER), "t-1", HALF)
    found = store.get("c-1")
    assert found is not None
    assert (found.status, found.cancel_requested_at) == (Status.CANCELLING, NOW + SECOND)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_is_written_once(store: CommandStore, outcome: Outcome) -> None:
    """With its hash; of a second one, nothing is left."""
    claimed = store.claim(submission(), attempt()).command
    handed = confirmed(claimed, GIVEN, now=NOW)
    store.hand_over(handed, "t-1")
    done = concluded(handed, GIVEN, outcome, terms(LATER))
    for _ in range(2):
        store.finish(done, "t-1")
    found = store.get("c-1")
    assert found is not None
    assert found.hand_over == GIVEN._replace(at=LATER, outcome=outcome.digest)
    assert replace(found, max_attempts=1) == replace(done, max_attempts=1)
    other = concluded(handed, GIVEN, Outcome(8), terms(LATER + SECOND))
    with pytest.raises(LeaseLost):
        store.finish(other, "t-1")
    with pytest.raises(LeaseLost):
        store.hand_over(handed, "t-1", HALF)
    assert store.get("c-1") == found


def test_what_is_to_stop_is_not_tried_again(store: CommandStore) -> None:
    """The report of a failure is refused; that of a stop is not."""
    claimed = store.claim(submission(), attempt()).command
    handed = confirmed(claimed, GIVEN, now=NOW)
    store.hand_over(handed, "t-1")
    store.request_cancel(handed, NOW)
    failed = concluded(handed, GIVEN, Outcome(failure=TEMPORARY), terms(LATER))
    with pytest.raises(CancelRequested):
        store.finish(failed, "t-1")
    stopped = concluded(handed, GIVEN, Outcome(stopped=True), terms(LATER))
    store.finish(stopped, "t-1")


def test_of_a_report_and_the_next_attempt_one_wins(store: CommandStore) -> None:
    """The deadline has passed: whoever comes first."""
    claimed = store.claim(submission(), attempt()).command
    given = GIVEN._replace(retry=True)
    handed = confirmed(claimed, given, now=NOW)
    store.hand_over(handed, "t-1")
    after = LATER + SECOND
    again = store.claim(submission(), attempt(token="t-2", at=after, takes_over=True))
    assert again.won
    assert again.command.handed_over is None
    assert [one.code for one in again.command.past] == ["hand_over_timed_out"]
    done = concluded(handed, given, Outcome(1), terms(after))
    with pytest.raises(LeaseLost):
        store.finish(done, "t-1")
    with pytest.raises(LeaseLost):
        store.hand_over(handed, "t-1", HALF)


def test_the_next_attempt_keeps_what_it_knows_of_the_last(store: CommandStore) -> None:
    """A worker that was lost is known to its successor alone, until that one writes."""
    store.record(command(lease=Lease("t-0", NOW - SECOND)))
    claimed = store.claim(submission(), attempt(takes_over=True)).command
    store.hand_over(confirmed(claimed, GIVEN, now=NOW), "t-1")
    found = store.get("c-1")
    assert found is not None
    assert [one.code for one in found.past] == ["worker_lost"]


def test_a_restart_forgets_the_hand_over(store: CommandStore) -> None:
    """Its token is void."""
    failed = command(hand_over=GIVEN).failed(TEMPORARY, now=NOW, purge_at=PURGE_AT)
    store.record(failed)
    store.replace(failed, lifecycle.restarted(failed, submission(), attempt(token="t-2", at=LATER)))
    found = store.get("c-1")
    assert found is not None
    assert found.hand_over is None
