"""The store's contract of progress: it is the lease holder's, and stays out of the outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.errors import LeaseLost
from command_api.domain.model import Progress
from tests.builders import LATER, NOW, TEMPORARY, attempt, submission
from tests.contract.states import KNOWN, PURGE_AT

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

HALF = Progress(0.5, "half ✓", NOW)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.333, 1.0])
def test_a_progress_is_read_as_it_was_written(store: CommandStore, share: float) -> None:
    """And changes nothing else of the command; the next one takes its place."""
    claimed = store.claim(submission(), attempt()).command
    store.record_progress("c-1", "t-1", of(0.2))
    store.record_progress("c-1", "t-1", of(share))
    assert store.get("c-1") == replace(claimed, progress=of(share))


def of(share: float) -> Progress:
    """A progress of that share."""
    return HALF._replace(share=share)


@pytest.mark.parametrize("state", [name for name in KNOWN if KNOWN[name].lease is None])
def test_what_does_not_run_has_no_progress(store: CommandStore, state: str) -> None:
    """Neither for an old token, nor for none."""
    store.record(KNOWN[state])
    for token in ("t-1", ""):
        with pytest.raises(LeaseLost):
            store.record_progress("c-1", token, HALF)
    assert store.get("c-1") == KNOWN[state]


def test_an_overtaken_attempt_reports_nothing(store: CommandStore) -> None:
    """What the new attempt has reported stays; an unknown command does not come to be."""
    store.claim(submission(), attempt(token="t-1", lease_until=NOW))
    store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True))
    store.record_progress("c-1", "t-2", HALF)
    for command_id in ("c-1", "c-2"):
        with pytest.raises(LeaseLost):
            store.record_progress(command_id, "t-1", of(0.1))
    found = store.get("c-1")
    assert found is not None
    assert found.progress == HALF
    assert store.get("c-2") is None


@pytest.mark.parametrize("committed", [False, True])
def test_a_completed_command_has_no_progress(store: CommandStore, committed: bool) -> None:  # noqa: FBT001
    """It has come to its end."""
    claimed = store.claim(submission(), attempt()).command
    store.record_progress("c-1", "t-1", HALF)
    done = claimed.completed(1, now=LATER, purge_at=PURGE_AT)
    if committed:
        store.commit(done, "t-1", [])
    else:
        store.finish(done, "t-1")
    assert store.get("c-1") == done


def test_a_failure_keeps_it_and_a_restart_does_not(store: CommandStore) -> None:
    """It says where the work stopped, and nothing of work that begins anew."""
    claimed = store.claim(submission(), attempt()).command
    store.record_progress("c-1", "t-1", HALF)
    failed = claimed.failed(TEMPORARY, now=LATER, purge_at=PURGE_AT)
    store.finish(failed, "t-1")
    stored = store.get("c-1")
    assert stored == replace(failed, progress=HALF)
    store.replace(stored, lifecycle.restarted(stored, submission(), attempt(token="t-2", at=LATER)))
    again = store.get("c-1")
    assert again is not None
    assert again.progress is None


def test_the_next_attempt_begins_where_the_last_one_stopped(store: CommandStore) -> None:
    """Until it reports itself."""
    claimed = store.claim(submission(), attempt()).command
    store.record_progress("c-1", "t-1", HALF)
    store.finish(claimed.released(TEMPORARY, now=LATER), "t-1")
    assert store.claim(submission(), attempt(token="t-2", at=LATER)).command.progress == HALF
