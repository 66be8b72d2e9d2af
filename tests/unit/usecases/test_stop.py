"""A running command is asked to stop: what looks has stopped in time, and nothing runs again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Cancelled, Registered, Rejected, Retryable
from command_api.domain import lifecycle
from command_api.domain.decision import Then
from command_api.domain.errors import LeaseLost, SecretUnavailable
from command_api.domain.model import Lease, Status
from command_api.usecases.cancel import CancelCommand
from tests.builders import NOW, SECOND, fail
from tests.unit.usecases.test_progress import DENIED
from tests.unit.usecases.test_trouble import AWAY, Troubled

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.context import Context
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench


def stop(bench: Bench) -> Command:
    """DELETE of c-1."""
    ask = CancelCommand(store=bench.store, retention=timedelta(30), clock=lambda: bench.now)
    return ask("c-1")[0]


def looking(bench: Bench, seconds: float = 1.0) -> Callable[[Context], Any]:
    """A handler that works for a minute and looks every so many seconds."""

    def handle(context: Context) -> str:
        began = bench.now
        while bench.now < began + timedelta(minutes=1):
            if bench.now == began + 10 * SECOND:
                assert stop(bench).status is Status.CANCELLING
            if context.cancelled:
                raise Cancelled
            bench.pass_time(seconds)
        return "done"

    return handle


def test_a_handler_that_looks_has_stopped_within_five_seconds(bench: Bench) -> None:
    """Its command is CANCELLED, and its message gone."""
    bench.handle(looking(bench))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.CANCELLED
    assert bench.command.cancel_requested_at == NOW + 10 * SECOND
    assert bench.command.completed_at is not None
    assert bench.command.completed_at <= NOW + 15 * SECOND
    assert [outcome for _, outcome, _ in bench.measured] == ["cancelled"]
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1


def test_the_table_is_read_rarely(bench: Bench) -> None:
    """However often a handler looks: every three seconds, and never where it does not look."""
    store = bench.store = Troubled()
    bench.handle(looking(bench, seconds=0.01))
    bench.deliver()
    assert store.calls.count("cancel_requested") == 5
    store.calls.clear()
    bench.store.commands.clear()
    bench.handle(lambda _context: "done")
    bench.deliver()
    assert store.calls == ["claim", "finish"]


def test_a_progress_tells_as_well(bench: Bench) -> None:
    """So that the table is not read right after it."""
    store = bench.store = Troubled()

    def handle(context: Context) -> None:
        context.progress(0.1)
        assert not context.cancelled
        stop(bench)
        bench.pass_time(5)
        context.progress(0.2)
        assert context.cancelled
        raise Cancelled

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.CANCELLED
    assert store.calls.count("cancel_requested") == 0


@pytest.mark.parametrize("end", ["completed", "rejected"])
def test_what_does_not_look_runs_to_its_end(bench: Bench, end: str) -> None:
    """And says that it was asked to stop."""

    def handle(_context: Context) -> str:
        stop(bench)
        return fail(Rejected("No.")) if end == "rejected" else "done"

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is (Status.FAILED if end == "rejected" else Status.COMPLETED)
    assert bench.command.cancel_requested_at == NOW


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize(
    "error", [Retryable("Later."), RuntimeError(), SecretUnavailable("Not yet."), SystemExit()]
)
def test_what_would_run_again_is_cancelled(
    bench: Bench, error: BaseException, attempts: int
) -> None:
    """Whatever it failed of, on its last attempt, too: nobody is called for it."""

    def handle(context: Context) -> None:
        if context.attempt == attempts:
            stop(bench)
            fail(error)
        fail(Retryable("Later."))

    bench.handle(handle)
    for _ in range(attempts - 1):
        assert bench.deliver() is Then.RETURN
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.CANCELLED
    assert bench.command.failure is None
    assert bench.queue.dead_lettered == []


def test_a_handler_may_stop_by_itself(bench: Bench) -> None:
    """Whether or not it was asked to, and past any `except Exception`."""

    async def handle() -> None:
        try:
            fail(Cancelled())
        except Exception:  # noqa: BLE001 - as handlers do
            await asyncio.sleep(0)

    bench.handle(lambda _context: handle())  # type: ignore[arg-type, return-value] # async
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.CANCELLED
    assert bench.command.cancel_requested_at is None


def left_behind(bench: Bench) -> list[str]:
    """A command that was asked to stop, and whose worker died; what its handler then does."""
    done: list[str] = []
    handler = Registered(
        handle=lambda *_: done.append("ran"), on_cancel=lambda *_: done.append("cleaned up")
    )
    bench.handlers["echo"] = handler
    bench.handle(lambda _context: fail(KeyboardInterrupt()))
    bench.handlers["echo"] = lambda *_: stop(bench) and fail(LeaseLost())  # type: ignore[assignment]
    bench.deliver()
    assert bench.command.status is Status.CANCELLING
    bench.handlers["echo"] = handler
    return done


def test_it_does_not_run_again_where_its_worker_died(bench: Bench) -> None:
    """Readers see at once that it has ended; its message cleans up, alone, and ends it."""
    done = left_behind(bench)
    assert bench.deliver() is Then.RETURN
    bench.pass_time(40)
    seen = lifecycle.observed(bench.command, now=bench.now)
    assert seen is not None
    assert seen.status is Status.CANCELLED
    assert bench.deliver() is Then.RUN_ALONE
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    assert done == ["cleaned up"]
    assert bench.command.status is Status.CANCELLED
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    assert done == ["cleaned up"]


def test_what_a_dead_worker_left_is_cancelled_at_once(bench: Bench) -> None:
    """There is nobody to stop, and the next attempt does not begin."""
    bench.handlers["echo"] = lambda *_: fail(LeaseLost())
    bench.deliver()
    bench.pass_time(40)
    assert stop(bench).status is Status.CANCELLED
    bench.handle(lambda _context: "ran")
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    assert bench.seen == []
    assert bench.command.status is Status.CANCELLED


@pytest.mark.parametrize("stops", ["by itself", "by failing"])
@pytest.mark.parametrize("error", [None, RuntimeError(), Retryable("Later."), SystemExit()])
def test_a_handler_cleans_up_before_its_command_is_cancelled(
    bench: Bench, stops: str, error: BaseException | None
) -> None:
    """With the input and the context of its attempt; trouble with it changes nothing."""
    cleaned: list[object] = []

    def handle(_input: object, _context: Context) -> None:
        stop(bench)
        fail(Cancelled() if stops == "by itself" else Retryable("Later."))

    def clean_up(given: object, context: Context) -> None:
        assert bench.command.status is Status.CANCELLING
        assert context.cancelled
        cleaned.append(given)
        if error is not None:
            raise error

    bench.handlers["echo"] = Registered(handle=handle, on_cancel=clean_up)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert cleaned == [{"n": 1}]
    assert bench.command.status is Status.CANCELLED


def test_a_handler_that_is_not_stopped_cleans_up_nothing(bench: Bench) -> None:
    """Neither where it completes nor where it fails."""
    for behaviour in (lambda *_: "done", lambda *_: fail(Rejected("No."))):
        bench.store.commands.clear()
        bench.handlers["echo"] = Registered(handle=behaviour, on_cancel=lambda *_: fail(OSError()))
        assert bench.deliver() is Then.ACKNOWLEDGE
        assert bench.command.status in (Status.COMPLETED, Status.FAILED)


@pytest.mark.parametrize("error", [AWAY, ConnectionError(), DENIED])
def test_a_look_that_fails_does_not_fail_the_work(bench: Bench, error: Exception) -> None:
    """The next one may tell."""
    bench.store = Troubled(failures={"cancel_requested": 2}, error=error)
    bench.handle(looking(bench))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.CANCELLED


def test_a_look_without_a_lease_ends_the_attempt(bench: Bench) -> None:
    """As a step does."""

    def handle(context: Context) -> str:
        bench.store.commands["c-1"] = replace(bench.command, lease=Lease("t-9", NOW + SECOND))
        assert context.cancelled is None
        return "went on"

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)
