"""Messages that can never become work, under ids that a door has stored already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.message import body_of
from command_api.domain.model import Lease, Status, Unsent
from command_api.usecases.record import Outcome
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, command, message

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench

STORED = command(Status.PENDING, type="newer", attempts=0, message_id="")
GIVEN = message(body_of("newer", {"n": 1}))


@pytest.mark.parametrize(
    "known",
    [
        STORED,
        replace(STORED, unsent=Unsent(NOW, LATER)),
        replace(STORED, attempts=1, failure=TEMPORARY),
        command(type="newer", lease=Lease("t-0", NOW - SECOND)),
        command(type="newer", lease=Lease("t-0", NOW - SECOND), attempts=3),
    ],
)
def test_a_stored_command_that_this_worker_does_not_know_fails(
    bench: Bench, known: Command
) -> None:
    """No other message will come for it: without an end it would be PENDING for ever."""
    bench.store.commands["c-1"] = known
    assert bench.deliver(GIVEN) is Outcome.ACKNOWLEDGE
    assert (bench.command.status, bench.command.type) == (Status.FAILED, "newer")
    assert bench.command.failure is not None
    assert (bench.command.failure.code, bench.command.failure.retryable) == ("unknown_type", False)
    assert bench.command.unsent is None


@pytest.mark.parametrize(
    "known",
    [
        replace(STORED, input={"n": 2}),
        replace(STORED, type="echo"),
        replace(STORED, owner="alice"),
        command(type="newer", message_id="m-0"),
        command(type="newer").completed(1, now=NOW, purge_at=LATER),
        command(type="newer").failed(FINAL, now=NOW, purge_at=LATER),
        replace(STORED, failure=TEMPORARY).cancelled(now=NOW, purge_at=LATER),
    ],
)
def test_any_other_command_of_that_id_is_left_alone(bench: Bench, known: Command) -> None:
    """Other work, another owner, or something that runs or has ended by itself."""
    bench.store.commands["c-1"] = known
    assert bench.deliver(GIVEN) is Outcome.ACKNOWLEDGE
    assert bench.command == known


def test_a_command_that_runs_through_this_message_is_waited_for(bench: Bench) -> None:
    """An older worker may know the type; what comes of it is found later."""
    bench.store.commands["c-1"] = known = command(type="newer")
    assert bench.deliver(GIVEN) is Outcome.RETURN
    assert bench.command == known


def test_a_read_that_is_behind_is_repeated(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write said that there is a record, so there is one."""
    bench.store.commands["c-1"] = STORED
    monkeypatch.setattr(bench.store, "get", lambda _id: None)
    assert bench.deliver(GIVEN) is Outcome.RETURN
    assert bench.queue.delays == {"r-1": 1.0}
