"""What the worker does when the table or the clock is against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api import Registered
from command_api.adapters.memory import InMemoryCommands
from command_api.domain.errors import Retryable
from command_api.domain.model import Status
from command_api.usecases.record import Outcome
from tests.builders import command, fail, message

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import Attempt, Command, Submission
    from tests.unit.conftest import Bench


@dataclass
class Flaky(InMemoryCommands):
    """A table that fails for the next calls, before or after it has written."""

    failures: int = 0
    after_writing: bool = False
    calls: list[str] = field(default_factory=list)

    def finish(self, command: Command, token: str) -> None:
        """Write, and fail if it is a bad time."""
        self.calls.append("finish")
        self._trouble(lambda: super(Flaky, self).finish(command, token))
        super().finish(command, token)

    def claim(self, submission: Submission, attempt: Attempt) -> tuple[Command, bool]:
        """Write, and fail if it is a bad time."""
        self.calls.append("claim")
        self._trouble(lambda: super(Flaky, self).claim(submission, attempt))
        return super().claim(submission, attempt)

    def _trouble(self, write: object) -> None:
        if self.failures:
            self.failures -= 1
            if self.after_writing:
                write()  # type: ignore[operator]
            raise ConnectionError


def test_only_the_finishing_write_is_repeated_when_it_fails(bench: Bench) -> None:
    """The work is done: the worker writes its outcome again instead of doing it again."""
    bench.store = store = Flaky()
    bench.handle(lambda _: store.__dict__.update(failures=5))
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert (bench.command.status, len(bench.seen)) == (Status.COMPLETED, 1)


def test_an_outcome_that_cannot_be_written_in_time_comes_back(bench: Bench) -> None:
    """At the deadline the worker gives up, and the message returns."""
    bench.store = store = Flaky()
    bench.handle(lambda _: store.__dict__.update(failures=10_000))
    began = bench.now
    assert bench.batch(message()) == ["m-1"]
    assert timedelta(seconds=28) < bench.now - began < timedelta(seconds=30)


def test_a_finish_whose_answer_got_lost_is_not_done_twice(bench: Bench) -> None:
    """The second try finds the lease gone; the next delivery finds the command completed."""
    bench.store = store = Flaky()
    bench.handle(lambda _: store.__dict__.update(failures=1, after_writing=True))
    assert bench.deliver() is Outcome.RETURN
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert len(bench.seen) == 1


def test_a_claim_whose_answer_got_lost_still_counts(bench: Bench) -> None:
    """A claim that is refused by its own success runs, and it is the first attempt."""
    bench.store = store = Flaky()
    process = bench.process
    lost = store.claim

    def claim_twice(submission: Submission, attempt: Attempt) -> tuple[Command, bool]:
        lost(submission, attempt)
        return lost(submission, attempt)

    store.claim = claim_twice  # type: ignore[method-assign]
    outcome = process(message(), deadline=bench.now + timedelta(seconds=30))
    assert outcome is Outcome.ACKNOWLEDGE
    assert bench.command.attempts == 1


def test_a_table_that_is_away_brings_the_message_back_soon(bench: Bench) -> None:
    """Nothing is acknowledged, nothing runs, and the delay grows with the receives."""
    bench.store = Flaky(failures=1)
    assert bench.batch(message(receives=2)) == ["m-1"]
    assert bench.queue.delays == {"r-1": 4}
    assert not bench.seen


def test_a_message_that_cannot_start_in_time_goes_back_untouched(bench: Bench) -> None:
    """Less time than a handler needs costs no attempt."""
    bench.handlers["echo"] = Registered(handle=lambda _i, _c: None, min_seconds=40)
    assert bench.batch(message()) == ["m-1"]
    assert bench.queue.delays == {"r-1": 0}
    assert not bench.store.commands


def test_a_handler_has_its_own_attempts_and_backoff(bench: Bench) -> None:
    """Settings beside a handler win over the environment's."""

    def never(_input: object, _context: Context) -> None:
        fail(Retryable("No."))

    own = Registered(handle=never, max_attempts=2, base_seconds=50, cap_seconds=60)
    bench.handlers["echo"] = own
    assert bench.deliver() is Outcome.RETURN
    assert bench.queue.delays == {"r-1": 50}
    bench.deliver()
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 2)


def test_an_async_handler_runs(bench: Bench) -> None:
    """A coroutine's result is the result."""

    async def handle(_input: object, context: Context) -> dict[str, int]:
        return {"attempt": context.attempt}

    bench.handlers["echo"] = handle
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 1}


def test_an_async_handler_may_fail(bench: Bench) -> None:
    """An error of a coroutine is an error of the attempt."""

    async def handle(_input: object, _context: Context) -> None:
        raise Retryable("Not yet.")

    bench.handlers["echo"] = handle
    assert bench.deliver() is Outcome.RETURN
    assert bench.command.status is Status.PENDING


def test_a_type_that_is_no_longer_registered_fails_for_good(bench: Bench) -> None:
    """A stored command whose handler was removed does not go round for ever."""
    bench.store.commands["c-1"] = command(Status.PENDING, type="gone")
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "unknown_type"


@pytest.mark.parametrize("name", ["step"])
def test_a_step_that_runs_in_another_thread_is_refused(bench: Bench, name: str) -> None:
    """Two concurrent runs of one step would both have its effect."""

    def handle(context: Context) -> object:
        return context.once(name, lambda: context.once(name, lambda: 1))

    bench.handle(handle)  # type: ignore[arg-type]
    assert bench.deliver() is Outcome.RETURN
    assert bench.command.failure is not None
    assert bench.command.failure.code == "step_in_progress"
