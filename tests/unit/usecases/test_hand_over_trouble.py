"""A command that is handed over: who stops it, who dies over it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.context import Registered
from command_api.domain.decision import Then
from command_api.domain.errors import LeaseLost, Rejected, Retryable
from command_api.domain.hand_over import (
    HandOverEnded,
    InvalidToken,
    Outcome,
)
from command_api.domain.model import Failure, Status
from command_api.domain.violations import Violation
from command_api.usecases.cancel import CancelCommand
from command_api.usecases.hand_over import InvalidResult
from tests.builders import NOW, TEMPORARY, fail, message
from tests.fakes.commands import InMemoryQueue
from tests.unit.usecases.outside import DONE, Outside
from tests.unit.usecases.test_pause import Broken

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench


@pytest.fixture
def outside(bench: Bench) -> Outside:
    """A handler that hands its command over for ten minutes."""
    outside = Outside(bench)
    bench.handle(outside.handle)
    return outside


def stop(bench: Bench) -> Command:
    """DELETE of c-1."""
    ask = CancelCommand(store=bench.store, retention=timedelta(30), clock=lambda: bench.now)
    return ask("c-1")[0]


def test_a_stop_reaches_whoever_reports(bench: Bench, outside: Outside) -> None:
    """With the answer to the next report; the outcome is then CANCELLED, or what it was."""
    bench.deliver()
    assert outside.report().status is Status.PROCESSING
    assert stop(bench).status is Status.CANCELLING
    assert outside.report().status is Status.CANCELLING
    assert outside.report(Outcome(stopped=True)).status is Status.CANCELLED
    assert bench.command.cancel_requested_at == NOW
    assert bench.deliver(outside.arrive()) is Then.ACKNOWLEDGE


@pytest.mark.parametrize(
    ("outcome", "status"), [(DONE, Status.COMPLETED), (Outcome(failure=TEMPORARY), "CANCELLED")]
)
def test_what_was_stopped_may_end_otherwise_and_does_not_run_again(
    bench: Bench, outside: Outside, outcome: Outcome, status: str
) -> None:
    """As with a handler of its own; the report may be repeated."""
    bench.deliver()
    stop(bench)
    for _ in range(2):
        assert outside.report(outcome).status == status


def test_a_stop_that_nobody_hears_ends_with_the_deadline(bench: Bench, outside: Outside) -> None:
    """And `on_cancel` cleans up, once."""
    done: list[str] = []
    bench.handlers["echo"] = Registered(
        handle=lambda _input, context: outside.handle(context),
        on_cancel=lambda *_: done.append("cleaned up"),
    )
    bench.deliver()
    stop(bench)
    copy = outside.arrive()
    with pytest.raises(HandOverEnded):
        outside.report(DONE)
    assert bench.deliver(copy) is Then.RUN_ALONE
    assert bench.deliver(copy, alone=True) is Then.ACKNOWLEDGE
    assert (bench.command.status, done) == (Status.CANCELLED, ["cleaned up"])


def test_who_reports_may_be_quicker_than_the_handler(bench: Bench, outside: Outside) -> None:
    """The outcome holds; the message comes back once, and finds the end."""

    def handle(context: Context) -> str:
        outside.handle(context)
        outside.report(share=0.9)
        outside.report(DONE)
        return "too late"

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert bench.command.result == {"rows": 7}
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1


@pytest.mark.parametrize("error", [Retryable("No task."), RuntimeError(), Rejected("No.")])
def test_a_handler_that_fails_takes_the_token_back(
    bench: Bench, outside: Outside, error: Exception
) -> None:
    """What it has started, if anything, reports in vain."""

    def handle(context: Context) -> None:
        outside.handle(context)
        fail(error)

    bench.handle(handle)
    bench.deliver()
    status = Status.FAILED if isinstance(error, Rejected) else Status.PENDING
    assert bench.command.status is status
    with pytest.raises(HandOverEnded):
        outside.report(DONE)


def dying(outside: Outside, *, share: float | None) -> Any:
    """A handler whose worker dies after the hand-over, and after a report or none."""

    def handle(context: Context) -> None:
        outside.handle(context)
        if share is not None:
            outside.report(share=share)
        raise LeaseLost

    return handle


def test_a_worker_that_dies_before_the_first_report_repeats_the_attempt(
    bench: Bench, outside: Outside
) -> None:
    """Nobody knows whether anything was started, and the token of the dead is void."""
    bench.handle(dying(outside, share=None))
    bench.deliver()
    bench.pass_time(40)
    bench.handle(outside.handle)
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    with pytest.raises(InvalidToken):
        outside.report(DONE, token=outside.tokens[0])
    outside.report(DONE)
    assert [one.code for one in bench.command.past] == ["worker_lost"]


def test_a_worker_that_dies_after_the_first_report_repeats_nothing(
    bench: Bench, outside: Outside
) -> None:
    """The work goes on, and the message that comes back watches over it."""
    bench.handle(dying(outside, share=0.1))
    bench.deliver()
    bench.pass_time(180)
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1
    assert bench.queue.copied[-1][1] == pytest.approx(421)
    assert outside.report(DONE).status is Status.COMPLETED


def test_a_queue_that_takes_no_copy_keeps_the_message(bench: Bench, outside: Outside) -> None:
    """It comes back after the visibility timeout, and watches then."""
    bench.queue = Broken("copy", error=ConnectionError())
    assert bench.batch(message()) == ["m-1"]
    bench.pass_time(180)
    bench.queue = InMemoryQueue()
    assert bench.batch(message()) == []
    assert len(bench.seen) == 1
    assert outside.report(DONE).status is Status.COMPLETED


def test_a_result_that_its_type_does_not_promise_is_refused(bench: Bench, outside: Outside) -> None:
    """The command goes on, and another result may be reported."""
    wrong = [Violation(("rows",), "must be an integer")]
    bench.check_result = lambda _type, result: [] if result == DONE.result else wrong
    bench.deliver()
    with pytest.raises(InvalidResult) as caught:
        outside.report(Outcome({"rows": "7"}))
    assert caught.value.violations == wrong
    assert outside.report(DONE).status is Status.COMPLETED


@pytest.mark.parametrize("how", ["off", "fifo"])
def test_where_nobody_could_report_it_is_refused(bench: Bench, outside: Outside, how: str) -> None:
    """With the setting that it takes; no attempt helps."""
    bench.outcomes = how != "off"
    assert bench.batch(message(), fifo=how == "fifo") == []
    assert bench.command.failure is not None
    assert bench.command.failure.code == "hand_over_unsupported"
    assert "outcomes = true" in bench.command.failure.message
    assert outside.tokens == []


@pytest.mark.parametrize("timeout", [0, -1, 0.5, 366 * 86_400, timedelta(0)])
def test_a_timeout_has_limits(bench: Bench, timeout: float | timedelta) -> None:
    """It is the developer's mistake."""
    found: list[Exception] = []

    def handle(context: Context) -> None:
        with pytest.raises(ValueError, match="one second to 365 days") as caught:
            context.hand_over(timeout=timeout)
        found.append(caught.value)

    bench.handle(handle)
    bench.deliver()
    assert len(found) == 1
    assert bench.command.hand_over is None


@pytest.mark.parametrize("first", ["hand_over", "commit"])
def test_a_command_is_handed_over_once(bench: Bench, first: str) -> None:
    """And not after its commit."""

    def handle(context: Context) -> None:
        if first == "commit":
            context.commit(1, [])
        else:
            context.hand_over(timeout=60)
        with pytest.raises(RuntimeError, match="once"):
            context.hand_over(timeout=60)

    bench.handle(handle)
    bench.deliver()
    ends = Status.COMPLETED if first == "commit" else Status.PROCESSING
    assert bench.command.status is ends


def test_a_handler_without_a_hand_over_writes_what_it_did(bench: Bench) -> None:
    """Nothing of it is in its record."""
    bench.deliver()
    assert bench.command.hand_over is None
    assert bench.command.failure is None


def test_a_failure_is_the_reporters_word() -> None:
    """Two outcomes are the same where all of it is."""
    one = Failure(code="no_space", message="Full.", retryable=True)
    assert Outcome(failure=one).digest == Outcome(failure=replace(one)).digest
    others = [Outcome(), Outcome(stopped=True), Outcome(failure=replace(one, retryable=False))]
    assert len({it.digest for it in (Outcome(failure=one), *others)}) == 4
