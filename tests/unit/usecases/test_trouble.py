"""What the worker does when table, queue, secrets or the clock are against it: nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Registered
from command_api.adapters.availability import unavailable
from command_api.domain.decision import Then
from command_api.domain.model import Lease, Status
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, fail, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue
from tests.unit.adapters.test_availability import LASTING, PASSING
from tests.unit.usecases.test_batch import mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.conftest import Bench

AWAY = PASSING["read timeout"]
CALLS = {
    *("claim", "replace", "finish", "record", "record_step", "record_progress"),
    "cancel_requested",
}


@dataclass
class Troubled(InMemoryCommands):
    """A table whose calls of these names fail so many times, before or after they have written."""

    failures: dict[str, int] = field(default_factory=dict)
    error: Exception = AWAY
    after_writing: bool = False
    calls: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        """The call, or trouble."""
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found

        def call(*args: Any) -> Any:
            self.calls.append(name)
            if not self.failures.get(name):
                return found(*args)
            self.failures[name] -= 1
            if self.after_writing:
                found(*args)
            with unavailable():
                raise self.error

        return call


@dataclass
class TroubledQueue(InMemoryQueue):
    """A queue that answers nothing."""

    calls: int = 0

    def delay(self, receipt_handle: str, seconds: float) -> None:  # noqa: ARG002 - as the port
        """Fail."""
        self.calls += 1
        with unavailable():
            raise AWAY


def troubled(bench: Bench, **failures: int) -> Troubled:
    """The bench's table, failing so many times from the moment its handler runs or a claim asks."""
    store = Troubled(failures=failures)
    bench.store = store
    return store


def test_a_table_that_is_away_is_asked_once_by_an_invocation(bench: Bench) -> None:
    """Ten look-ups that time out one after the other would use up the function's time."""
    store = troubled(bench, claim=99)
    messages = [mail(n, receives=(1, 5, 12)[n % 3]) for n in range(10)]
    assert bench.batch(*messages, concurrency=1) == [f"m-{n}" for n in range(10)]
    assert store.calls == ["claim"]
    delays = {one.receives: bench.queue.delays[one.receipt_handle] for one in messages}
    assert delays == {1: 2, 5: 32, 12: 300}
    assert len(bench.queue.delays) == 10
    assert not bench.seen


def test_a_queue_that_is_away_too_is_asked_once(bench: Bench) -> None:
    """The messages come back by the queue's own timeout."""
    store = troubled(bench, claim=99)
    bench.queue = queue = TroubledQueue()
    assert len(bench.batch(*(mail(n) for n in range(10)), concurrency=1)) == 10
    assert (store.calls, queue.calls) == (["claim"], 1)


def test_the_next_invocation_asks_again(bench: Bench) -> None:
    """What was away may be back, and the process stays."""
    store = troubled(bench, claim=1)
    worker = bench.worker(concurrency=1)
    deadline = bench.now + timedelta(seconds=30)
    assert len(worker([mail(1), mail(2)], deadline=deadline)) == 2
    assert worker([mail(1), mail(2)], deadline=deadline) == []
    assert store.calls.count("claim") == 3


@pytest.mark.parametrize("kind", LASTING)
def test_a_write_that_is_refused_for_a_lasting_reason_is_not_repeated(
    bench: Bench, kind: str
) -> None:
    """Access denied stays denied for 29 seconds, too; the message comes back later."""
    store = troubled(bench, finish=99)
    store.error = LASTING[kind]
    began = bench.now
    assert bench.batch(message()) == ["m-1"]
    assert store.calls == ["claim", "finish"]
    assert bench.now == began
    assert bench.queue.delays == {"r-1": 2}


@pytest.mark.parametrize("kind", PASSING)
def test_a_write_that_may_succeed_later_is_repeated_until_it_does(bench: Bench, kind: str) -> None:
    """The work is done: the worker writes its outcome again instead of doing it again."""
    store = troubled(bench, finish=5)
    store.error = PASSING[kind]
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert (bench.command.status, len(bench.seen)) == (Status.COMPLETED, 1)
    assert store.calls == ["claim", *["finish"] * 6]


@pytest.mark.parametrize("name", ["finish", "record_step"])
def test_a_write_is_given_up_at_the_deadline(bench: Bench, name: str) -> None:
    """The message returns before Lambda would stop the function, and the claim is not repeated."""
    store = troubled(bench, **{name: 10_000})
    bench.handle(lambda context: context.once("pay", lambda: 1))
    began = bench.now
    assert bench.batch(message()) == ["m-1"]
    assert timedelta(seconds=28) < bench.now - began < timedelta(seconds=30)
    assert store.calls.count("claim") == 1


def test_a_step_that_could_not_be_stored_uses_no_attempt(bench: Bench) -> None:
    """The table was away for the step and is back for the outcome."""
    store = troubled(bench)
    store.failures = {"record_step": 10_000}
    bench.handle(lambda context: context.once("pay", lambda: 1))
    assert bench.deliver() is Then.RETURN
    assert (bench.command.status, bench.command.attempts) == (Status.PENDING, 0)


def test_a_failure_that_could_not_be_written_is_not_dead_lettered(bench: Bench) -> None:
    """A dead-letter message without a failed command would be nobody's."""
    troubled(bench, finish=10_000)
    bench.handle(lambda _: fail(ValueError()))
    bench.store.commands["c-1"] = command(Status.PENDING, attempts=2)
    assert bench.batch(message()) == ["m-1"]
    assert bench.queue.dead_lettered == []


@pytest.mark.parametrize(
    "known",
    [None, command(Status.PENDING), command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)],
)
@pytest.mark.parametrize("lost", ["finish", "record_step", "replace"])
def test_an_answer_that_got_lost_changes_nothing(bench: Bench, known: Any, lost: str) -> None:
    """The repeated write recognises itself: one attempt, one effect, one result."""
    store = troubled(bench, **{lost: 2} if lost != "replace" else {})
    store.after_writing = True
    if known is not None:
        store.commands["c-1"] = known
    effects: list[int] = []
    bench.handle(lambda context: context.once("pay", lambda: effects.append(1)))
    given = message(message_id="m-2", sent_at=NOW + 2 * SECOND)
    assert bench.deliver(given) is Then.ACKNOWLEDGE
    assert (bench.command.status, effects) == (Status.COMPLETED, [1])


@pytest.mark.parametrize("call", ["claim", "replace"])
def test_a_call_that_botocore_repeated_is_won(bench: Bench, call: str) -> None:
    """A claim or a restart that is refused by its own success runs, as one attempt."""
    if call == "replace":
        failed = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)
        bench.store.commands["c-1"] = failed
    once: Callable[..., Any] = getattr(bench.store, call)

    def twice(*args: Any) -> Any:
        once(*args)
        return once(*args)

    setattr(bench.store, call, twice)
    assert bench.deliver(message(message_id="m-2", sent_at=LATER)) is Then.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 1}


def test_a_message_that_cannot_start_in_time_goes_back_untouched(bench: Bench) -> None:
    """Less time than a handler needs costs no attempt and no call of the table."""
    store = troubled(bench)
    bench.handlers["echo"] = Registered(handle=lambda _i, _c: None, min_seconds=40)
    assert bench.batch(message()) == ["m-1"]
    assert bench.queue.delays == {"r-1": 2}
    assert store.calls == []


@pytest.mark.parametrize("known", [None, command(Status.PENDING, failure=TEMPORARY)])
def test_a_claim_that_took_all_the_time_uses_no_attempt(bench: Bench, known: Any) -> None:
    """The clock is asked again before the handler runs."""
    if known is not None:
        bench.store.commands["c-1"] = known
    claim = bench.store.claim

    def slow(*args: Any) -> Any:
        bench.pass_time(29.5)
        return claim(*args)

    bench.store.claim = slow  # type: ignore[assignment,method-assign]
    assert bench.deliver() is Then.RETURN
    assert not bench.seen
    assert bench.command.status is Status.PENDING
    assert bench.command.attempts == (known.attempts if known else 0)
    assert bench.queue.delays == {"r-1": 2}


@pytest.mark.parametrize("receives", [1, 4, 90])
def test_secrets_that_are_away_use_no_attempt(bench: Bench, receives: int) -> None:
    """PENDING with what it waits for, for as long as it takes."""
    bench.handle(lambda context: context.secrets.get("nobody-seeded-this"))
    for _ in range(5):
        assert bench.deliver(message(receives=receives)) is Then.RETURN
    assert (bench.command.status, bench.command.attempts) == (Status.PENDING, 0)
    assert bench.command.failure is not None
    assert bench.command.failure.code == "secret_unavailable"
    assert bench.queue.delays == {"r-1": min(2.0**receives, 300)}
    bench.handle(lambda context: context.attempt)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == 1


def test_an_outage_of_an_hour_costs_no_attempt(bench: Bench) -> None:
    """Each message comes back every few minutes, and its command runs as if nothing had been."""
    store = troubled(bench, claim=10_000)
    worker = bench.worker(concurrency=1)
    receives, began = 0, bench.now
    while bench.now - began < timedelta(hours=1):
        receives += 1
        deadline = bench.now + timedelta(seconds=30)
        assert len(worker([message(receives=receives)], deadline=deadline)) == 1
        bench.pass_time(bench.queue.delays["r-1"])
    assert receives < 25
    store.failures.clear()
    assert worker([message(receives=receives)], deadline=bench.now + 30 * SECOND) == []
    assert bench.command.result == {"attempt": 1}
    assert bench.queue.dead_lettered == []


def test_a_worker_that_was_overtaken_writes_nothing_and_looks_again(bench: Bench) -> None:
    """The message comes back to find what its successor made of the command."""

    def handle(_context: Any) -> None:
        bench.store.commands["c-1"] = command(lease=Lease("t-9", NOW + SECOND), attempts=2)

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)
    assert bench.queue.delays == {"r-1": 2}
