"""A write whose answer got lost is repeated: it recognises itself, and nobody else.

botocore repeats a call by itself, so that the second one meets what the first one has written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.errors import LeaseLost
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.submission import submitted
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, attempt, command, submission
from tests.contract.states import EXPIRED, KNOWN, PURGE_AT, TOMBSTONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, Outbox

FAILED = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=PURGE_AT)
OUTCOMES: dict[str, Callable[[Command], Command]] = {
    "completed": lambda one: one.completed({"ok": 1}, now=LATER, purge_at=PURGE_AT),
    "rejected": lambda one: one.failed(FINAL, now=LATER, purge_at=PURGE_AT),
    "out of attempts": lambda one: one.failed(TEMPORARY, now=LATER, purge_at=PURGE_AT),
    "released": lambda one: one.released(TEMPORARY, now=LATER),
    "returned untried": lambda one: one.unclaimed(None, now=LATER),
}


def test_a_claim_of_somebody_else_is_refused(store: CommandStore) -> None:
    """In the same moment, through the same message: the token tells them apart."""
    first = store.claim(submission(), attempt()).command
    again = store.claim(submission(), attempt(token="t-2"))
    assert (again.won, again.command) == (False, first)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_finish_of_somebody_else_is_refused(store: CommandStore, outcome: str) -> None:
    """Also where the same outcome is written in the same moment."""
    claimed = store.claim(submission(), attempt(lease_until=NOW)).command
    again = store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True)).command
    ended = OUTCOMES[outcome](again)
    store.finish(ended, "t-2")
    with pytest.raises(LeaseLost):
        store.finish(OUTCOMES[outcome](claimed), "t-1")
    assert store.get("c-1") == ended


def test_of_two_messages_that_find_a_lost_worker_one_writes(store: CommandStore) -> None:
    """Both know the dead worker's token, and both date the failure to the end of its lease."""
    lost = KNOWN["left behind on the last attempt"]
    store.record(lost)
    ended = EXPIRED.expires_at
    first, second = (
        lost.found_by(name).failed(WORKER_LOST, now=ended, purge_at=PURGE_AT)
        for name in ("m-1", "m-2")
    )
    store.finish(first, "t-0")
    with pytest.raises(LeaseLost):
        store.finish(second, "t-0")
    assert store.get("c-1") == first


def test_a_restart_of_somebody_else_is_refused(store: CommandStore) -> None:
    """In the same moment: the tokens differ."""
    store.record(FAILED)
    mine, theirs = (
        lifecycle.restarted(FAILED, submission(), attempt(token=token, at=LATER))
        for token in ("t-2", "t-3")
    )
    store.replace(FAILED, theirs)
    with pytest.raises(LeaseLost):
        store.replace(FAILED, mine)


def test_a_submission_that_has_begun_is_not_won_by_its_own_mark(
    store: CommandStore, outbox: Outbox
) -> None:
    """A message that was sent before is being worked on: there is nothing more to send."""
    known = submitted(submission(), until=NOW)
    outbox.store(known)
    assert outbox.acquire_lease("c-1", now=LATER, until=LATER + SECOND)[1]
    claimed = store.claim(submission(), attempt(at=LATER)).command
    found, won = outbox.acquire_lease("c-1", now=LATER, until=LATER + SECOND)
    assert (found, won) == (claimed, False)


def test_acquiring_the_lease_of_somebody_else_is_refused(outbox: Outbox) -> None:
    """Their call ends at another time."""
    outbox.store(submitted(submission(), until=NOW))
    taken, won = outbox.acquire_lease("c-1", now=LATER, until=LATER + SECOND)
    assert won
    again = outbox.acquire_lease("c-1", now=LATER, until=LATER + 2 * SECOND)
    assert again == (taken, False)


@pytest.mark.parametrize("takes_over", [False, True])
@pytest.mark.parametrize("state", [None, "waiting for its next attempt"])
def test_a_repeated_claim_is_won(
    store: CommandStore, state: str | None, *, takes_over: bool
) -> None:
    """And counts as one attempt."""
    if state is not None:
        store.record(KNOWN[state])
    first = store.claim(submission(), attempt(takes_over=takes_over))
    again = store.claim(submission(), attempt(takes_over=takes_over))
    assert (again.won, again.command) == (True, first.command)


def test_a_repeated_claim_after_a_dead_worker_is_won(store: CommandStore) -> None:
    """Its token has taken the dead worker's place."""
    store.record(KNOWN["left behind with attempts to go"])
    first = store.claim(submission(), attempt(takes_over=True))
    again = store.claim(submission(), attempt(takes_over=True))
    # The lost worker itself is known to the first answer only.
    assert (again.won, again.command) == (True, replace(first.command, past=()))
    assert first.command.attempts == 3


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_repeated_finish_is_written(store: CommandStore, outcome: str) -> None:
    """The record is as the first call left it."""
    claimed = store.claim(submission(), attempt()).command
    ended = OUTCOMES[outcome](claimed)
    for _ in range(3):
        store.finish(ended, "t-1")
    assert store.get("c-1") == ended


def test_a_finish_that_is_repeated_after_a_restart_is_refused(store: CommandStore) -> None:
    """By then the command is somebody else's."""
    claimed = store.claim(submission(), attempt()).command
    failed = claimed.failed(TEMPORARY, now=NOW, purge_at=PURGE_AT)
    store.finish(failed, "t-1")
    again = lifecycle.restarted(failed, submission(), attempt(token="t-2", at=LATER))
    store.replace(failed, again)
    with pytest.raises(LeaseLost):
        store.finish(failed, "t-1")
    assert store.get("c-1") == again


def test_a_repeated_restart_is_written(store: CommandStore) -> None:
    """The command runs, instead of being left to a lease that nobody holds."""
    store.record(FAILED)
    again = lifecycle.restarted(FAILED, submission(), attempt(token="t-2", at=LATER))
    for _ in range(3):
        store.replace(FAILED, again)
    store.finish(again.completed(1, now=LATER, purge_at=PURGE_AT), "t-2")


def test_a_repeated_replacement_without_a_lease_is_written(store: CommandStore) -> None:
    """As a cancel puts one in the place of what waits to be deleted."""
    gone = KNOWN["past its time"]
    store.record(gone)
    for _ in range(2):
        store.replace(gone, TOMBSTONE)
    assert store.get("c-1") == TOMBSTONE


@pytest.mark.parametrize("size", [1, 5_000])
def test_a_repeated_acquisition_is_won(outbox: Outbox, size: int) -> None:
    """With the input, wherever that is kept."""
    asked = submission(input={"text": "x" * size})
    known = submitted(asked, until=NOW)
    assert known.pending_entry is not None
    outbox.store(known)
    taken = replace(known, pending_entry=replace(known.pending_entry, lease_until=LATER + SECOND))
    for _ in range(3):
        assert outbox.acquire_lease("c-1", now=LATER, until=LATER + SECOND) == (taken, True)
