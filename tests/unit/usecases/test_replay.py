"""A request whose id is known already: the same answer, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.model import Status
from command_api.usecases.submit import Refusal, Taken, Why
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, command, submission
from tests.unit.usecases.harness import Harness
from tests.unit.usecases.test_submit import SENT, UNSENT

if TYPE_CHECKING:
    from command_api.domain.model import Command


@pytest.mark.parametrize(
    "known",
    [
        SENT,
        command(),
        command(Status.PENDING, failure=TEMPORARY),
        command().completed({"ok": 1}, now=NOW, purge_at=LATER),
        command().failed(TEMPORARY, now=NOW, purge_at=LATER),
        command().failed(FINAL, now=NOW, purge_at=LATER),
        command(Status.PENDING).cancelled(now=NOW, purge_at=LATER),
        command(pending_entry=UNSENT.pending_entry),
        command(Status.PENDING, pending_entry=UNSENT.pending_entry),
    ],
)
def test_the_same_request_again_gets_the_same_answer(known: Command) -> None:
    """Whatever has become of it since: nothing is written, nothing sent."""
    harness = Harness(now=NOW + SECOND)
    harness.table.store_.commands["c-1"] = known
    assert harness.ask() == Taken(known)
    assert (harness.command, harness.queue.messages) == (known, [])


@pytest.mark.parametrize("known", [SENT, UNSENT, command(Status.PROCESSING)])
@pytest.mark.parametrize(
    "other",
    [
        {"input": {"n": 2}},
        {"input": {"n": 1.0}},
        {"input": {"n": True}},
        {"input": {}},
        {"type": "demo"},
        {"owner": "mallory"},
    ],
)
def test_an_id_stands_for_one_piece_of_work(known: Command, other: dict[str, Any]) -> None:
    """Other work, and another owner's, is refused alike; what is known stays."""
    harness = Harness(now=LATER)
    harness.table.store_.commands["c-1"] = known
    assert harness.ask(**other) == Refusal(Why.OTHER_WORK)
    assert (harness.command, harness.queue.messages) == (known, [])


def test_the_order_of_fields_is_no_difference() -> None:
    """A client that writes the same input in another order asks for the same."""
    harness = Harness()
    assert isinstance(harness.ask(input={"a": 1, "b": {"c": 2, "d": 3}}), Taken)
    assert isinstance(harness.ask(input={"b": {"d": 3, "c": 2}, "a": 1}), Taken)
    assert len(harness.queue.messages) == 1


def test_an_id_that_was_cancelled_in_advance_says_so() -> None:
    """Whoever cancelled it meant what is being submitted now."""
    harness = Harness()
    tombstone = command(Status.PENDING, type="", work="").cancelled(now=NOW, purge_at=LATER)
    harness.table.store_.commands["c-1"] = tombstone
    assert harness.ask() == Refusal(Why.CANCELLED)


def test_an_expired_key_is_a_new_one() -> None:
    """Past its time to live, an id may stand for other work."""
    harness = Harness(now=LATER)
    done = command(owner="alice").completed(1, now=NOW, purge_at=LATER)
    harness.table.store_.commands["c-1"] = done
    assert isinstance(harness.ask(input={"n": 2}), Taken)
    assert harness.command.work == submission(input={"n": 2}).work
