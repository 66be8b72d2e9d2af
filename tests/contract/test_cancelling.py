"""The store's contract, as far as cancelling is concerned: what waits goes, what runs stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.access import ANYBODY
from command_api.domain.model import Claim, Status, Step
from tests.builders import FINAL, LATER, NOW, TEMPORARY, attempt, command, submission
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
