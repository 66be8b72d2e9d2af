"""What a slice passes on is there for the next one, and for nobody who has lost the command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.dynamodb.item import STATE_BYTES
from command_api.adapters.s3 import LargeResults
from command_api.domain import lifecycle
from command_api.domain.errors import DoesNotFit, LeaseLost, Unavailable
from command_api.domain.model import Status, Step
from command_api.domain.submission import submitted
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, attempt, submission
from tests.contract.states import PURGE_AT
from tests.fakes.commands import InMemoryResults

if TYPE_CHECKING:
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore, Outbox

LARGE = "x" * STATE_BYTES


def claimed(store: CommandStore, *token: str) -> Command:
    """A command that an attempt holds, t-1 by default."""
    claim = store.claim(submission(), attempt(token="".join(token) or "t-1"))
    assert claim.won
    return claim.command


def stored(store: CommandStore) -> Command:
    """The command as it is stored."""
    found = store.get("c-1")
    assert found is not None
    return found


@pytest.mark.parametrize("state", [None, 7, {"row": [1, "ü"]}])
def test_the_next_slice_finds_the_state_and_all_its_attempts(
    store: CommandStore, state: JSON
) -> None:
    """The lease is free, the steps are kept, and the claim is the first attempt again."""
    command = claimed(store)
    store.record_step("c-1", "t-1", "pay", Step("r-7"))
    store.finish(command.continued(state, now=LATER), "t-1")

    waiting = stored(store)
    assert (waiting.status, waiting.lease) == (Status.PENDING, None)
    assert (waiting.slices, waiting.attempts) == (1, 0)
    following = claimed(store, "t-2")
    assert (following.attempts, following.slices) == (1, 1)
    assert following.steps == {"pay": Step("r-7")}
    assert store.load_state(following) == state


def test_what_is_stored_is_json(store: CommandStore) -> None:
    """Every attempt of a slice reads the same."""
    store.finish(claimed(store).continued((1, 2), now=LATER), "t-1")
    assert stored(store).state == [1, 2]


def test_a_failed_attempt_of_a_slice_keeps_the_state(store: CommandStore) -> None:
    """It is tried again with what it was given; so it is after a redrive."""
    store.finish(claimed(store).continued(7, now=LATER), "t-1")
    store.finish(claimed(store, "t-2").released(TEMPORARY, now=LATER), "t-2")
    assert (stored(store).state, stored(store).slices, stored(store).attempts) == (7, 1, 1)

    failing = claimed(store, "t-3")
    store.finish(failing.failed(TEMPORARY, now=LATER, purge_at=PURGE_AT), "t-3")
    again = lifecycle.restarted(stored(store), submission(), attempt(token="t-4", at=LATER))
    store.replace(stored(store), again)
    assert (stored(store).state, stored(store).slices, stored(store).attempts) == (7, 1, 1)


def test_a_completed_command_has_no_state(store: CommandStore) -> None:
    """It has served; a poll need not read it."""
    store.finish(claimed(store).continued(7, now=LATER), "t-1")
    store.finish(claimed(store, "t-2").completed("ok", now=LATER, purge_at=PURGE_AT), "t-2")
    assert (stored(store).state, stored(store).slices, stored(store).result) == (None, 1, "ok")


def test_a_committed_command_has_no_state(store: CommandStore) -> None:
    """The same where its end is a transaction."""
    store.finish(claimed(store).continued(7, now=LATER), "t-1")
    store.commit(claimed(store, "t-2").completed("ok", now=LATER, purge_at=PURGE_AT), "t-2", [])
    assert (stored(store).state, stored(store).result) == (None, "ok")


def test_whoever_lost_the_lease_passes_nothing_on(store: CommandStore) -> None:
    """A slice that was overtaken changes nothing."""
    overtaken = claimed(store)
    found = store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True)).command
    with pytest.raises(LeaseLost):
        store.finish(overtaken.continued(7, now=LATER), "t-1")
    assert stored(store) == replace(found, past=())


def test_a_repetition_recognises_its_own_success(store: CommandStore) -> None:
    """An answer that got lost costs no slice."""
    going = claimed(store).continued(7, now=LATER)
    store.finish(going, "t-1")
    store.finish(going, "t-1")
    assert stored(store).slices == 1


def test_the_message_of_an_earlier_slice_claims_nothing(store: CommandStore) -> None:
    """Unless it is the one that the slice before was run by: then the next may not be sent."""
    store.finish(claimed(store).continued(7, now=LATER), "t-1")
    second = attempt(token="t-2", message_id="m-1/1", slices=1)
    store.finish(store.claim(submission(), second).command.continued(8, now=LATER), "t-2")

    stale = attempt(token="t-3", message_id="m-0/1", slices=1)
    assert not store.claim(submission(), stale).won
    assert store.claim(submission(), attempt(token="t-4", message_id="m-1/1", slices=1)).won


def test_a_command_that_goes_on_has_been_sent(store: CommandStore, outbox: Outbox) -> None:
    """The relay does not send it again, where its submission could not note that it had."""
    asked = submission()
    outbox.store(submitted(asked, until=NOW + SECOND))
    store.finish(claimed(store).continued(7, now=LATER), "t-1")
    assert stored(store).pending_entry is None
    assert outbox.acquire_lease("c-1", now=LATER, until=LATER + SECOND)[1] is False


def test_what_was_cancelled_between_two_slices_stays_so(store: CommandStore) -> None:
    """Nothing goes on."""
    going = claimed(store).continued(7, now=LATER)
    store.finish(going, "t-1")
    known = stored(store)
    cancelled = known.cancelled(now=LATER, purge_at=PURGE_AT)
    store.replace(known, cancelled)
    assert stored(store) == cancelled
    assert not store.claim(submission(), attempt(token="t-2", slices=1)).won


@pytest.mark.parametrize("state", [object(), float("nan"), LARGE])
def test_a_state_that_does_not_fit_leaves_the_command_to_fail(
    store: CommandStore, state: JSON
) -> None:
    """Nothing is written, and the lease is kept."""
    command = claimed(store)
    with pytest.raises(DoesNotFit):
        store.finish(command.continued(state, now=LATER), "t-1")
    store.finish(command.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")


def test_a_large_state_is_kept_in_s3(store: CommandStore) -> None:
    """Where there is a bucket, until it is passed on; a small one comes back to the record."""
    results = InMemoryResults()
    large = LargeResults(store, results)
    large.finish(claimed(large).continued(LARGE, now=LATER), "t-1")
    following = claimed(large, "t-2")
    assert (following.state, len(results.results)) == (None, 1)
    assert large.load_state(following) == LARGE

    large.finish(following.released(TEMPORARY, now=LATER), "t-2")
    again = claimed(large, "t-3")
    assert large.load_state(again) == LARGE
    large.finish(again.continued(8, now=LATER), "t-3")
    assert (stored(store).state, stored(store).state_key) == (8, None)


def test_a_large_state_without_its_bucket_waits(store: CommandStore) -> None:
    """An environment that has lost its bucket can have it back."""
    large = LargeResults(store, InMemoryResults())
    large.finish(claimed(large).continued(LARGE, now=LATER), "t-1")
    with pytest.raises(Unavailable):
        store.load_state(claimed(store, "t-2"))
