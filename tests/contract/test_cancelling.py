"""The store's contract, as far as cancelling is concerned: what waits goes, what runs stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY
from command_api.domain.lifecycle import Verdict
from command_api.domain.model import Status
from tests.builders import FINAL, LATER, NOW, TEMPORARY, attempt, command, submission
from tests.contract.test_command_store import KNOWN, PURGE_AT

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

TOMBSTONE = command(
    Status.PENDING, type="", input={}, attempts=0, max_attempts=1, message_id=""
).cancelled(now=NOW, purge_at=PURGE_AT)


@pytest.mark.parametrize("state", KNOWN)
def test_exactly_what_waits_can_be_cancelled(store: CommandStore, state: str) -> None:
    """Whatever runs or has ended stays as it is, and is handed back to say why."""
    known = KNOWN[state]
    store.record(known)
    found, cancelled = store.cancel(TOMBSTONE, ANYBODY)
    assert cancelled == (known.status is Status.PENDING)
    assert found == (known.cancelled(now=NOW, purge_at=PURGE_AT) if cancelled else known)
    assert store.get("c-1") == found


def test_cancelling_the_unknown_makes_a_record(store: CommandStore) -> None:
    """A command whose message is still queued is cancelled before anybody has seen it."""
    assert store.cancel(TOMBSTONE, ANYBODY) == (TOMBSTONE, True)
    assert store.get("c-1") == TOMBSTONE


@pytest.mark.parametrize("message_id", ["m-1", "m-2"])
@pytest.mark.parametrize(
    "known", [None, command(Status.PENDING, attempts=0), command(Status.PENDING, failure=TEMPORARY)]
)
def test_a_cancel_wins_against_every_later_claim(
    store: CommandStore, known: object, message_id: str
) -> None:
    """The claim is refused, and the verdict is to drop the message, redriven or not."""
    if known is not None:
        store.record(known)  # type: ignore[arg-type] # mypy cannot narrow a parameter
    cancelled, _ = store.cancel(TOMBSTONE, ANYBODY)
    for takes_over in (False, True):
        asking = attempt(token="t-9", message_id=message_id, at=LATER, takes_over=takes_over)
        assert store.claim(submission(), asking) == (cancelled, False)
    assert lifecycle.verdict(cancelled, message_id, sent_at=LATER, now=LATER) is Verdict.DUPLICATE


def test_a_claim_wins_against_a_later_cancel(store: CommandStore) -> None:
    """Who came first wins: the worker keeps its lease and finishes."""
    claimed, _ = store.claim(submission(), attempt())
    assert store.cancel(TOMBSTONE, ANYBODY) == (claimed, False)
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")


def test_what_cannot_become_work_does_not_revive_a_cancelled_command(store: CommandStore) -> None:
    """A broken body under a cancelled id changes nothing."""
    store.cancel(TOMBSTONE, ANYBODY)
    assert not store.record(command().failed(FINAL, now=LATER, purge_at=PURGE_AT))
    assert store.get("c-1") == TOMBSTONE


def test_a_record_past_its_time_gives_way(store: CommandStore) -> None:
    """Nothing of an expired command is left in the cancelled one of the same id."""
    expired = KNOWN["past its time"]
    store.record(expired)
    store.replace(expired, TOMBSTONE)
    assert store.get("c-1") == TOMBSTONE
