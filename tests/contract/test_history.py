"""The past of a command is in its record, written by the writes that happen anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.access import ANYBODY
from command_api.domain.history import changes
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.model import Lease, Status
from tests.builders import LATER, NOW, SECOND, TEMPORARY, attempt, command, submission
from tests.contract.states import TOMBSTONE

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore

RETRIED = [
    (Status.PENDING, NOW, 0),
    (Status.PROCESSING, NOW, 1),
    (Status.PENDING, NOW + SECOND, 1),
    (Status.PROCESSING, NOW + 2 * SECOND, 2),
]


def claimed(store: CommandStore, seconds: int, **more: object) -> Command:
    """Claimed by an attempt so many seconds after NOW."""
    at = NOW + seconds * SECOND
    claim = store.claim(submission(), attempt(at=at, token=f"t-{seconds}", **more))
    assert claim.won
    return claim.command


def past(store: CommandStore) -> list[tuple[Status, datetime, int]]:
    """What the stored record tells."""
    stored = store.get("c-1")
    assert stored is not None
    return [(one.status, one.at, one.attempt) for one in changes(stored)]


def test_attempts_are_kept_by_the_writes_that_end_them(store: CommandStore) -> None:
    """Two retries and a success: each with its times, and the errors with the failures."""
    first = claimed(store, 0)
    store.finish(first.released(TEMPORARY, now=NOW + SECOND), "t-0")
    second = claimed(store, 2)
    assert past(store) == RETRIED
    done = second.completed(1, now=NOW + 3 * SECOND, purge_at=LATER)
    store.finish(done, "t-2")
    assert past(store) == [*RETRIED, (Status.COMPLETED, NOW + 3 * SECOND, 2)]
    stored = store.get("c-1")
    assert stored is not None
    assert [(one.code, one.message) for one in stored.past] == [(TEMPORARY.code, TEMPORARY.message)]


def test_a_commit_keeps_them_as_well(store: CommandStore) -> None:
    """It is the finishing write, in a transaction."""
    first = claimed(store, 0)
    store.finish(first.released(TEMPORARY, now=NOW + SECOND), "t-0")
    done = claimed(store, 2).completed(1, now=NOW + 3 * SECOND, purge_at=LATER)
    store.commit(done, "t-2", [])
    assert past(store) == [*RETRIED, (Status.COMPLETED, NOW + 3 * SECOND, 2)]


def test_a_lost_worker_is_kept_by_the_attempt_that_follows(store: CommandStore) -> None:
    """The claim writes nothing more than ever; the end of the attempt does."""
    assert store.record(command(lease=Lease("t-0", NOW + SECOND)))
    taken = claimed(store, 2, takes_over=True)
    assert [one.code for one in taken.past] == [WORKER_LOST.code]
    stored = store.get("c-1")
    assert stored is not None
    assert stored.past == ()
    store.finish(taken.failed(TEMPORARY, now=NOW + 3 * SECOND, purge_at=LATER), "t-2")
    assert past(store) == [*RETRIED, (Status.FAILED, NOW + 3 * SECOND, 2)]


@pytest.mark.parametrize("waits", [True, False])
def test_a_cancellation_leaves_what_there_is(store: CommandStore, *, waits: bool) -> None:
    """Between two attempts, and before the first one."""
    if waits:
        store.finish(claimed(store, 0).released(TEMPORARY, now=NOW + SECOND), "t-0")
    ended = NOW + 2 * SECOND
    taken_back = replace(TOMBSTONE, created_at=ended, updated_at=ended, completed_at=ended)
    assert store.cancel(taken_back, ANYBODY)[1]
    before = RETRIED[:3] if waits else [(Status.PENDING, ended, 0)]
    assert past(store) == [*before, (Status.CANCELLED, ended, 0)]
