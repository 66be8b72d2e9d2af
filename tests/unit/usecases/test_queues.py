"""A message in another queue than its command's is moved, and its command loses nothing by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api import Registered
from command_api.domain.decision import Then
from command_api.domain.model import Status
from command_api.domain.queues import Queues
from command_api.usecases.process import ProcessMessage
from command_api.usecases.submit import Taken
from tests.builders import MESSAGE_LIFE, NOW, command, message, submission
from tests.unit.usecases.harness import TIMEOUT, Harness

if TYPE_CHECKING:
    import pytest

    from tests.unit.conftest import Bench

DAY = timedelta(days=1)
QUEUES = Queues(lives={"default": DAY, "high": DAY, "slow": 5 * DAY}, priorities={"high"})


def deliver(bench: Bench) -> Then:
    """Deliver a message to the worker of the default queue, with a type of the queue slow."""
    own = bench.handlers["echo"]
    handle = own.handle if isinstance(own, Registered) else own
    bench.handlers["echo"] = Registered(handle=handle, queue="slow")
    runtime = replace(bench.runtime, queues=QUEUES)
    return ProcessMessage(runtime)(message(), deadline=bench.now + timedelta(seconds=30))


def test_a_message_of_another_queue_is_moved_without_an_attempt(bench: Bench) -> None:
    """Nothing is claimed and nothing runs; the message is acknowledged once it is moved."""
    assert deliver(bench) is Then.ACKNOWLEDGE
    assert [(one.key, queue) for one, queue in bench.queue.moved] == [("c-1", "slow")]
    assert not bench.store.commands
    assert not bench.seen


def test_a_stored_command_waits_as_long_as_its_new_queue_keeps_it(bench: Bench) -> None:
    """Otherwise its status would call the message lost while it waits."""
    bench.store.commands["c-1"] = command(Status.PENDING, attempts=0, waits_until=NOW + DAY)
    deliver(bench)
    assert bench.command.waits_until == bench.now + 5 * DAY
    assert bench.command.attempts == 0


def test_a_move_that_cannot_be_noted_is_a_move(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is in the other queue: to return this one would move it twice."""

    def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(bench.store, "wait", away)
    assert deliver(bench) is Then.ACKNOWLEDGE
    assert len(bench.queue.moved) == 1


def test_a_message_that_cannot_be_moved_comes_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other queue is away, or not there yet: no attempt is used up."""

    def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(bench.queue, "move", away)
    bench.handlers["echo"] = Registered(handle=lambda *_: None, queue="slow")
    worker = bench.worker()
    worker.process = ProcessMessage(replace(bench.runtime, queues=QUEUES))
    (back,) = worker([message()], deadline=bench.now + timedelta(seconds=30))
    assert back.key == "c-1"
    assert not bench.store.commands
    assert bench.queue.delays["r-1"] > 0


def test_a_command_is_noted_as_waiting_for_as_long_as_its_queue_keeps_it() -> None:
    """The queue that the submission named, and the default one where it names none."""
    bench = Harness()
    submit = replace(bench.submit, queues=QUEUES)
    asked = [submission(id="c-1", queue="slow"), submission(id="c-2")]
    answers = submit(asked, until=bench.now + TIMEOUT)
    assert all(isinstance(one, Taken) for one in answers)
    waits = {name: one.waits_until for name, one in bench.table.store_.commands.items()}
    assert waits == {"c-1": bench.now + 5 * DAY, "c-2": bench.now + DAY}
    assert MESSAGE_LIFE != DAY
