"""The store's contract, as far as cancelling is concerned: what waits goes, what runs stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.access import ANYBODY
from command_api.domain.errors import CancelRequested, LeaseLost
from command_api.domain.model import Claim, Progress, Status, Step
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, attempt, command, submission
from tests.contract.states import KNOWN, PURGE_AT, TOMBSTONE

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore


@pytest.mark.parametrize("state", KNOWN)
def test_exactly_what_waits_can_be_cancelled(store: CommandStore, state: str) -> None:
    """Whatever runs or has ended stays as it is, and is handed back to say why."""
    known = KNOWN[state]
    store.record(known)
    found, cancelled = store.cancel(TOMBSTONE, ANYBODY)
    assert cancelled == (known.status is Status.PENDING)
    assert found == (known.cancelled(now=NOW, purge_at=PURGE_AT) if cancelled else known)
    assert store.get("c-1") == found


@pytest.mark.parametrize(
    "known", [None, command(Status.PENDING, attempts=0), command(Status.PENDING, failure=TEMPORARY)]
)
def test_a_cancel_wins_against_every_later_claim(
    store: CommandStore, known: Command | None
) -> None:
    """Whether it takes over or not, and through whichever message."""
    if known is not None:
        store.record(known)
    cancelled, _ = store.cancel(TOMBSTONE, ANYBODY)
    for takes_over in (False, True):
        for message_id in ("m-1", "m-2"):
            asking = attempt(token="t-9", message_id=message_id, at=LATER, takes_over=takes_over)
            assert store.claim(submission(), asking) == Claim(cancelled, won=False)


def test_a_claim_wins_against_a_later_cancel(store: CommandStore) -> None:
    """Who came first wins: the worker keeps its lease and finishes."""
    claimed = store.claim(submission(), attempt()).command
    assert store.cancel(TOMBSTONE, ANYBODY) == (claimed, False)
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")


def test_what_cannot_become_work_does_not_revive_a_cancelled_command(store: CommandStore) -> None:
    """A broken body under a cancelled id changes nothing."""
    store.cancel(TOMBSTONE, ANYBODY)
    assert not store.record(command().failed(FINAL, now=LATER, purge_at=PURGE_AT))
    assert store.get("c-1") == TOMBSTONE


def test_cancelling_the_unknown_makes_a_record(store: CommandStore) -> None:
    """A command whose message is still queued is cancelled before anybody has seen it."""
    assert store.cancel(TOMBSTONE, ANYBODY) == (TOMBSTONE, True)
    assert store.get("c-1") == TOMBSTONE


def test_a_record_past_its_time_gives_way(store: CommandStore) -> None:
    """Nothing of an expired command is left in the cancelled one of the same id."""
    expired = replace(KNOWN["past its time"], steps={"pay": Step(1)}, owner="alice")
    store.record(expired)
    store.replace(expired, TOMBSTONE)
    assert store.get("c-1") == TOMBSTONE


@pytest.mark.parametrize("state", KNOWN)
def test_exactly_what_runs_is_asked_to_stop(store: CommandStore, state: str) -> None:
    """However often; nothing else changes, and whoever ran out of time is no exception."""
    known = KNOWN[state]
    store.record(known)
    runs = known.status is Status.PROCESSING
    asked = runs or known.status is Status.CANCELLING
    for _ in range(2):
        assert store.request_cancel(known, NOW) == asked
    assert store.get("c-1") == (known.cancelling(now=NOW) if runs else known)


def test_an_attempt_that_was_overtaken_is_not_asked(store: CommandStore) -> None:
    """The next one may be another command's, with another input."""
    first = store.claim(submission(), attempt(token="t-1", lease_until=NOW)).command
    second = store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True)).command
    assert not store.request_cancel(first, LATER)
    assert store.get("c-1") == replace(second, past=())


@pytest.mark.parametrize("by", ["progress", "look"])
def test_the_attempt_hears_of_it(store: CommandStore, by: str) -> None:
    """With the answer to its progress, or when it looks; nobody else does."""

    def told(token: str) -> bool:
        if by == "look":
            return store.cancel_requested("c-1", token)
        return store.record_progress("c-1", token, Progress(0.5, "", NOW))

    claimed = store.claim(submission(), attempt()).command
    assert not told("t-1")
    store.request_cancel(claimed, LATER)
    assert told("t-1")
    with pytest.raises(LeaseLost):
        told("t-9")
    store.finish(claimed.cancelled(now=LATER, purge_at=PURGE_AT), "t-1")
    with pytest.raises(LeaseLost):
        told("t-1")


def asked_to_stop(store: CommandStore) -> Command:
    """The command as its attempt knows it, which a client has asked to stop since."""
    claimed = store.claim(submission(), attempt()).command
    assert store.request_cancel(claimed, NOW + SECOND)
    return claimed


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("end", ["completed", "rejected", "cancelled"])
def test_what_was_asked_to_stop_may_end(store: CommandStore, end: str, committed: bool) -> None:  # noqa: FBT001
    """As cancelled, or as it would have; that it was asked is kept."""
    claimed = asked_to_stop(store)
    ends = {
        "completed": claimed.completed(1, now=LATER, purge_at=PURGE_AT),
        "rejected": claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT),
        "cancelled": claimed.cancelled(now=LATER, purge_at=PURGE_AT),
    }
    if committed and end == "completed":
        store.commit(ends[end], "t-1", [])
    else:
        store.finish(ends[end], "t-1")
    assert store.get("c-1") == replace(ends[end], cancel_requested_at=NOW + SECOND)


@pytest.mark.parametrize("end", ["released", "returned untried", "out of attempts"])
def test_what_was_asked_to_stop_does_not_run_again(store: CommandStore, end: str) -> None:
    """Neither by itself nor by a redrive: the worker is told to end it."""
    claimed = asked_to_stop(store)
    asked = store.get("c-1")
    ends = {
        "released": claimed.released(TEMPORARY, now=LATER),
        "returned untried": claimed.unclaimed(None, now=LATER),
        "out of attempts": claimed.failed(TEMPORARY, now=LATER, purge_at=PURGE_AT),
    }
    with pytest.raises(CancelRequested):
        store.finish(ends[end], "t-1")
    with pytest.raises(LeaseLost):
        store.finish(ends[end], "t-9")
    assert store.get("c-1") == asked
