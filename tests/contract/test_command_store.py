"""The store's contract: the DynamoDB adapter and its twin follow the rules of the lifecycle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.errors import DoesNotFit, LeaseLost
from command_api.domain.lifecycle import Verdict
from command_api.domain.model import Command, Lease, Status
from tests.builders import (
    FINAL,
    LATER,
    NOW,
    SECOND,
    TEMPORARY,
    attempt,
    command,
    submission,
)

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

PURGE_AT = NOW + timedelta(days=30)
EXPIRED = Lease("t-0", NOW - SECOND)
HELD = Lease("t-0", NOW + SECOND)

KNOWN = {
    "waiting for its first attempt": command(Status.PENDING, attempts=0),
    "waiting for its next attempt": command(Status.PENDING, failure=TEMPORARY),
    "running": command(lease=HELD),
    "running through another message": command(lease=HELD, message_id="m-0"),
    "left behind with attempts to go": command(lease=EXPIRED, attempts=2),
    "left behind on the last attempt": command(lease=EXPIRED, attempts=3),
    "completed": command().completed({"ok": True}, now=NOW, purge_at=PURGE_AT),
    "rejected": command().failed(FINAL, now=NOW, purge_at=PURGE_AT),
    "out of attempts": command().failed(TEMPORARY, now=NOW, purge_at=PURGE_AT),
    "out of attempts through another message": command(message_id="m-0").failed(
        TEMPORARY, now=NOW, purge_at=PURGE_AT
    ),
    "cancelled": command(Status.PENDING).cancelled(now=NOW, purge_at=PURGE_AT),
    "cancelled between two attempts": command(Status.PENDING, failure=TEMPORARY).cancelled(
        now=NOW, purge_at=PURGE_AT
    ),
    "past its time": command().completed({}, now=NOW, purge_at=NOW - SECOND),
}


def test_a_new_command_is_claimed(store: CommandStore) -> None:
    """A command that nobody has seen is created by its first claim."""
    claimed, won = store.claim(submission(), attempt())
    assert won
    assert claimed == command()
    assert store.get("c-1") == claimed


@pytest.mark.parametrize("takes_over", [False, True])
@pytest.mark.parametrize("state", KNOWN)
def test_a_claim_wins_exactly_where_the_lifecycle_says_so(
    store: CommandStore, state: str, *, takes_over: bool
) -> None:
    """The condition of the write and the pure rule agree on every state."""
    known = KNOWN[state]
    assert store.record(known)
    found, won = store.claim(submission(), attempt(takes_over=takes_over))
    verdict = lifecycle.verdict(known, "m-1", sent_at=NOW, now=NOW)
    assert won == (verdict is Verdict.CLAIM or (takes_over and verdict is Verdict.TAKE_OVER))
    if won:
        assert (found.status, found.attempts) == (Status.PROCESSING, known.attempts + 1)
        assert (found.lease, found.failure) == (command().lease, None)
    else:
        assert found == known


def test_a_claim_keeps_what_was_submitted_first(store: CommandStore) -> None:
    """A second message with another body cannot change what an id stands for."""
    store.record(command(Status.PENDING, attempts=0))
    found, won = store.claim(
        submission(type="drill", input={"n": 2}, submitted_at=LATER), attempt()
    )
    assert won
    assert (found.type, found.input, found.created_at) == ("echo", {"n": 1}, NOW)


def test_the_result_of_an_attempt_is_stored(store: CommandStore) -> None:
    """A finished command reads back as it was finished, without a lease."""
    claimed, _ = store.claim(submission(), attempt())
    done = claimed.completed({"total": 1.5, "ü": [None]}, now=LATER, purge_at=PURGE_AT)
    store.finish(done, "t-1")
    assert store.get("c-1") == done


def test_a_released_command_remembers_why(store: CommandStore) -> None:
    """Between two attempts a reader sees PENDING and the last failure."""
    claimed, _ = store.claim(submission(), attempt())
    released = claimed.released(TEMPORARY, now=LATER)
    store.finish(released, "t-1")
    assert store.get("c-1") == released


@pytest.mark.parametrize("ending", ["completed", "failed", "released"])
def test_an_overtaken_attempt_cannot_write(store: CommandStore, ending: str) -> None:
    """Only the token of the last claim finishes a command, whatever the outcome."""
    claimed, _ = store.claim(submission(), attempt(lease_until=NOW))
    current, won = store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True))
    assert won
    outcomes = {
        "completed": claimed.completed(None, now=LATER, purge_at=PURGE_AT),
        "failed": claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT),
        "released": claimed.released(TEMPORARY, now=LATER),
    }
    with pytest.raises(LeaseLost):
        store.finish(outcomes[ending], "t-1")
    assert store.get("c-1") == current


def test_nothing_finishes_twice(store: CommandStore) -> None:
    """A finished command has no lease, so a second finish by the same token is refused."""
    claimed, _ = store.claim(submission(), attempt())
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")
    with pytest.raises(LeaseLost):
        store.finish(claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")


def test_an_unknown_command_cannot_be_finished(store: CommandStore) -> None:
    """A finish for a record that is gone does not bring half of it back."""
    with pytest.raises(LeaseLost):
        store.finish(command().completed(1, now=NOW, purge_at=PURGE_AT), "t-1")
    assert store.get("c-1") is None


def test_a_record_never_overwrites(store: CommandStore) -> None:
    """A message that cannot become work leaves an existing command of its id alone."""
    store.record(command(Status.PENDING))
    assert not store.record(command().failed(FINAL, now=NOW, purge_at=PURGE_AT))
    assert store.get("c-1") == command(Status.PENDING)


def test_a_failed_command_is_replaced_by_its_restart(store: CommandStore) -> None:
    """A redriven command starts over, and nothing of its failure stays behind."""
    failed = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=PURGE_AT)
    store.record(failed)
    restarted = lifecycle.restarted(failed, submission(), attempt(token="t-2", at=LATER))
    store.replace(failed, restarted)
    assert store.get("c-1") == restarted


def test_only_one_of_two_restarts_wins(store: CommandStore) -> None:
    """Two redriven messages that saw the same failure cannot both run the command."""
    failed = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=PURGE_AT)
    store.record(failed)
    first = lifecycle.restarted(failed, submission(), attempt(token="t-2", at=LATER))
    second = lifecycle.restarted(failed, submission(), attempt(token="t-3", at=LATER))
    store.replace(failed, first)
    with pytest.raises(LeaseLost):
        store.replace(failed, second)
    assert store.get("c-1") == first


def test_a_step_is_stored_under_the_lease(store: CommandStore) -> None:
    """The results of steps survive the attempt that made them."""
    claimed, _ = store.claim(submission(), attempt())
    store.record_step("c-1", "t-1", "charge the card", {"receipt": "r-7"})
    store.finish(claimed.released(TEMPORARY, now=LATER), "t-1")
    again, _ = store.claim(submission(), attempt(token="t-2", at=LATER))
    assert again.steps == {"charge the card": {"receipt": "r-7"}}


def test_an_overtaken_attempt_stores_no_step(store: CommandStore) -> None:
    """A step of a worker that lost its lease is refused."""
    store.claim(submission(), attempt())
    with pytest.raises(LeaseLost):
        store.record_step("c-1", "t-0", "step", 1)


@pytest.mark.parametrize("result", [object(), float("nan"), "\ud800", "x" * 500_000])
def test_what_cannot_be_stored_is_refused_and_the_lease_kept(
    store: CommandStore, result: object
) -> None:
    """A result that is no JSON or too large leaves the command claimed, so it can still fail."""
    claimed, _ = store.claim(submission(), attempt())
    unfit: Command = claimed.completed(result, now=LATER, purge_at=PURGE_AT)  # type: ignore[arg-type]
    with pytest.raises(DoesNotFit):
        store.finish(unfit, "t-1")
    store.finish(claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")


def test_input_and_result_share_the_size_of_an_item(store: CommandStore) -> None:
    """Two values that fit alone but not together are refused as well."""
    claimed, _ = store.claim(submission(input={"text": "x" * 250_000}), attempt())
    too_large = claimed.completed("y" * 250_000, now=LATER, purge_at=PURGE_AT)
    with pytest.raises(DoesNotFit):
        store.finish(too_large, "t-1")
