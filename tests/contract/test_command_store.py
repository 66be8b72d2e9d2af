"""The store's contract: the DynamoDB adapter and its fake follow the rules of the lifecycle."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY
from command_api.domain.errors import DoesNotFit, LeaseLost
from command_api.domain.model import Claim, Command, Status, Step
from command_api.domain.timing import Timing
from tests.builders import FINAL, LATER, NOW, TEMPORARY, WAITS_UNTIL, attempt, command, submission
from tests.contract.conftest import is_moto
from tests.contract.states import KNOWN, PURGE_AT, TOMBSTONE

if TYPE_CHECKING:
    from command_api.domain.model import Submission
    from command_api.domain.ports import CommandStore

ASKED = {
    "the same": submission(),
    "another input": submission(input={"n": 2}),
    "another type": submission(type="demo"),
    "an input that Python takes for equal": submission(input={"n": True}),
    "by another owner": submission(owner="mallory"),
    "by its owner": submission(owner="alice"),
}


@pytest.mark.parametrize("owner", ["", "alice"])
@pytest.mark.parametrize("state", KNOWN)
def test_a_claim_wins_exactly_where_the_lifecycle_says_so(
    store: CommandStore, state: str, owner: str
) -> None:
    """The condition of the write and the pure rule agree on every state and submission.

    moto is slow: there a state meets every fifth question, and a question every fifth state.
    """
    asks = [*product(ASKED, (False, True), (0, 1, 2))]
    every, first = (5, [*KNOWN].index(state) % 5) if is_moto(store) else (1, 0)
    for number, (asked, takes_over, slices) in enumerate(asks[first::every]):
        known = replace(KNOWN[state], id=f"c-{number}", owner=owner)
        submitted: Submission = replace(ASKED[asked], id=known.id)
        asking = attempt(takes_over=takes_over, slices=slices)
        assert store.record(known)
        won = lifecycle.claimable(known, submitted, asking)
        after = lifecycle.claimed(known, submitted, asking) if won else known
        found = store.claim(submitted, asking)
        assert found == Claim(after, won, known=True), (asked, takes_over, slices)
        # A lost worker is recorded by whoever ends the attempt that follows it.
        assert store.get(known.id) == replace(after, past=known.past)


def test_what_waits_for_its_time_is_written_once(store: CommandStore) -> None:
    """A second message finds what the first one has written, and what has become of it."""
    asked = submission(timing=Timing(LATER))
    waiting = lifecycle.scheduled(asked, now=NOW, life=LATER - NOW)
    assert store.schedule(waiting) == waiting
    assert store.get("c-1") == waiting
    assert store.schedule(replace(waiting, timing=Timing(NOW))) == waiting
    ended, _ = store.cancel(TOMBSTONE, ANYBODY)
    assert store.schedule(waiting) == ended


@pytest.mark.parametrize("ending", ["completed", "failed", "released"])
def test_an_overtaken_attempt_cannot_write(store: CommandStore, ending: str) -> None:
    """Only the token of the last claim finishes a command, whatever the outcome."""
    claimed = store.claim(submission(), attempt(lease_until=NOW)).command
    again = store.claim(submission(), attempt(token="t-2", at=LATER, takes_over=True))
    assert again.won
    outcomes = {
        "completed": claimed.completed(None, now=LATER, purge_at=PURGE_AT),
        "failed": claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT),
        "released": claimed.released(TEMPORARY, now=LATER),
    }
    with pytest.raises(LeaseLost):
        store.finish(outcomes[ending], "t-1")
    with pytest.raises(LeaseLost):
        store.record_step("c-1", "t-1", "pay", Step(1))
    assert store.get("c-1") == replace(again.command, past=())


@pytest.mark.parametrize("state", [name for name in KNOWN if KNOWN[name].lease is None])
def test_what_does_not_run_cannot_be_finished(store: CommandStore, state: str) -> None:
    """Neither with an empty token, which nobody holds a command with."""
    known = KNOWN[state]
    store.record(known)
    done = known.completed(1, now=LATER, purge_at=PURGE_AT)
    for token in ("t-1", ""):
        with pytest.raises(LeaseLost):
            store.finish(done, token)
        with pytest.raises(LeaseLost):
            store.record_step("c-1", token, "pay", Step(1))
    assert store.get("c-1") == known


def test_nothing_finishes_twice(store: CommandStore) -> None:
    """A finished command has no lease, so another outcome by the same token is refused."""
    claimed = store.claim(submission(), attempt()).command
    done = claimed.completed(1, now=LATER, purge_at=PURGE_AT)
    store.finish(done, "t-1")
    with pytest.raises(LeaseLost):
        store.finish(claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")
    assert store.get("c-1") == done


def test_an_unknown_command_cannot_be_finished(store: CommandStore) -> None:
    """A finish for a record that is gone does not bring half of it back."""
    with pytest.raises(LeaseLost):
        store.finish(command().completed(1, now=NOW, purge_at=PURGE_AT), "t-1")
    with pytest.raises(LeaseLost):
        store.record_step("c-1", "t-1", "pay", Step(1))
    assert store.get("c-1") is None


def test_a_record_never_overwrites(store: CommandStore) -> None:
    """A message that cannot become work leaves an existing command of its id alone."""
    store.record(command(Status.PENDING))
    assert not store.record(command().failed(FINAL, now=NOW, purge_at=PURGE_AT))
    assert store.get("c-1") == command(Status.PENDING)


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


@pytest.mark.parametrize("result", [object(), float("nan"), "\ud800", {1, 2}, "x" * 500_000])
def test_what_cannot_be_stored_is_refused_and_the_lease_kept(
    store: CommandStore, result: object
) -> None:
    """A result that is no JSON or too large leaves the command claimed, so it can still fail."""
    claimed = store.claim(submission(), attempt()).command
    unfit: Command = claimed.completed(result, now=LATER, purge_at=PURGE_AT)  # type: ignore[arg-type]
    with pytest.raises(DoesNotFit):
        store.finish(unfit, "t-1")
    store.finish(claimed.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")


def test_a_new_command_is_claimed(store: CommandStore) -> None:
    """A command that nobody has seen is created by its first claim."""
    claim = store.claim(submission(owner="alice"), attempt())
    claimed = command(owner="alice", waits_until=WAITS_UNTIL)
    assert claim == Claim(claimed, won=True, known=False)
    assert store.get("c-1") == claim.command


def test_the_result_of_an_attempt_is_stored(store: CommandStore) -> None:
    """A finished command reads back as it was finished, without a lease and without its steps."""
    claimed = store.claim(submission(), attempt()).command
    store.record_step("c-1", "t-1", "pay", Step("r-7"))
    done = claimed.completed({"total": 1.5, "ü": [None]}, now=LATER, purge_at=PURGE_AT)
    store.finish(done, "t-1")
    assert store.get("c-1") == done


@pytest.mark.parametrize("step", [Step({"receipt": "r-7"}), Step(None), Step([1], awaited=True)])
@pytest.mark.parametrize("ending", ["released", "failed", "returned untried"])
def test_a_step_outlives_the_attempt_that_made_it(
    store: CommandStore, ending: str, step: Step
) -> None:
    """Of the first attempt, too, which was claimed without any; whether it was awaited is kept."""
    claimed = store.claim(submission(), attempt()).command
    store.record_step("c-1", "t-1", "charge the card", step)
    outcomes = {
        "released": claimed.released(TEMPORARY, now=LATER),
        "failed": claimed.failed(TEMPORARY, now=LATER, purge_at=PURGE_AT),
        "returned untried": claimed.unclaimed(TEMPORARY, now=LATER),
    }
    store.finish(outcomes[ending], "t-1")
    stored = store.get("c-1")
    assert stored == replace(outcomes[ending], steps={"charge the card": step})
    if ending == "failed":
        again = lifecycle.restarted(stored, submission(), attempt(token="t-2", at=LATER))
        store.replace(stored, again)
    else:
        again = store.claim(submission(), attempt(token="t-2", at=LATER)).command
    assert again.steps == {"charge the card": step}


def test_a_released_command_remembers_why(store: CommandStore) -> None:
    """Between two attempts a reader sees PENDING and the last failure."""
    claimed = store.claim(submission(), attempt()).command
    released = claimed.released(TEMPORARY, now=LATER)
    store.finish(released, "t-1")
    assert store.get("c-1") == released


@pytest.mark.parametrize("failure", [None, TEMPORARY])
def test_an_attempt_that_was_none_is_given_back(store: CommandStore, failure: object) -> None:
    """The count of attempts in the table is what it was before the claim."""
    store.record(KNOWN["waiting for its next attempt"])
    claimed = store.claim(submission(), attempt()).command
    assert claimed.attempts == 2
    waits = claimed.unclaimed(failure, now=LATER)  # type: ignore[arg-type] # not narrowed
    store.finish(waits, "t-1")
    assert store.get("c-1") == waits
    assert waits.attempts == 1


@pytest.mark.parametrize("state", ["out of attempts", "past its time", "completed"])
def test_a_restart_leaves_nothing_of_the_end(store: CommandStore, state: str) -> None:
    """Neither the result, nor the failure, nor the time to live."""
    ended = KNOWN[state]
    store.record(ended)
    restarted = lifecycle.restarted(ended, submission(), attempt(token="t-2", at=LATER))
    store.replace(ended, restarted)
    assert store.get("c-1") == restarted
    store.finish(restarted.completed(2, now=LATER, purge_at=PURGE_AT), "t-2")


def test_whoever_finds_a_lost_worker_is_the_one_that_failed(store: CommandStore) -> None:
    """The message that writes the failure is the one that is moved to the dead-letter queue."""
    lost = KNOWN["left behind on the last attempt"]
    store.record(lost)
    failed = lost.found_by("m-2").failed(lifecycle.WORKER_LOST, now=NOW, purge_at=PURGE_AT)
    store.finish(failed, "t-0")
    assert store.get("c-1") == failed
