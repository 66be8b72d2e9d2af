"""`Context.progress`: written rarely, seen by clients, and never in the way of the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from command_api.domain.decision import Then
from command_api.domain.effects import Put
from command_api.domain.errors import LeaseLost, Retryable
from command_api.domain.model import Lease, Progress, Status
from tests.builders import NOW, SECOND, fail
from tests.unit.usecases.test_trouble import AWAY, Troubled

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench

DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")


def seen_while_running(bench: Bench) -> list[Progress | None]:
    """What the record holds at the end of the handler, by every delivery."""
    found: list[Progress | None] = []
    handler = bench.handlers["echo"]

    def watched(command_input: object, context: Context) -> object:
        result = handler(command_input, context)  # type: ignore[operator, arg-type] # as it is
        found.append(bench.command.progress)
        return result

    bench.handlers["echo"] = watched  # type: ignore[assignment] # any JSON
    return found


def test_a_report_is_in_the_record_while_the_work_goes_on(bench: Bench) -> None:
    """With its time; once the command is completed, nothing is left of it."""
    bench.handle(lambda context: context.progress(0.4, "400 of 1,000"))
    found = seen_while_running(bench)

    assert bench.deliver() is Then.ACKNOWLEDGE
    assert found == [Progress(0.4, "400 of 1,000", NOW)]
    assert (bench.command.status, bench.command.progress) == (Status.COMPLETED, None)


def test_a_handler_may_report_as_often_as_it_likes(bench: Bench) -> None:
    """A hundred reports in ten seconds are three writes: at once, after five and after ten."""
    store = bench.store = Troubled()
    written: list[float] = []

    def handle(context: Context) -> None:
        for number in range(101):
            context.progress(number / 100)
            progress = bench.command.progress
            assert progress is not None
            if progress.share not in written:
                written.append(progress.share)
            bench.pass_time(0.1)

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert store.calls == ["claim", *["record_progress"] * 3, "finish"]
    assert written == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("error", [AWAY, ConnectionError(), DENIED])
def test_a_report_that_cannot_be_written_does_not_fail_the_work(
    bench: Bench, error: Exception
) -> None:
    """Nor is it tried again before its time."""
    store = bench.store = Troubled(failures={"record_progress": 1}, error=error)

    def handle(context: Context) -> str:
        context.progress(0.1)
        context.progress(0.2)
        bench.pass_time(5)
        context.progress(0.3)
        return "done"

    bench.handle(handle)
    found = seen_while_running(bench)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == "done"
    assert found == [Progress(0.3, "", NOW + 5 * SECOND)]
    assert store.calls.count("record_progress") == 2


def test_a_lost_lease_ends_the_attempt(bench: Bench) -> None:
    """As a step does; what another attempt holds stays as it is."""

    def handle(context: Context) -> str:
        taken = replace(bench.command, lease=Lease("t-9", NOW + SECOND))
        bench.store.commands["c-1"] = taken
        with pytest.raises(LeaseLost):
            context.progress(0.5)
        context.progress(0.6)
        return "went on"

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)
    assert bench.command.progress is None


def test_a_report_after_a_commit_is_nothing(bench: Bench) -> None:
    """The command has ended."""

    def handle(context: Context) -> None:
        context.commit("done", [Put("orders", {"orderId": "o-1"})])
        context.progress(1)

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert (bench.command.status, bench.command.progress) == (Status.COMPLETED, None)


@pytest.mark.parametrize("failure", ["retried", "failed"])
def test_a_failure_keeps_how_far_it_came(bench: Bench, failure: str) -> None:
    """Until the next attempt reports."""

    def handle(context: Context) -> None:
        context.progress(0.5, "half")
        fail(Retryable("Later.") if failure == "retried" else SystemExit())

    bench.handle(handle)
    bench.deliver()
    command: Command = bench.command
    assert command.progress == Progress(0.5, "half", NOW)


@pytest.mark.parametrize(
    ("share", "note"),
    [(-0.1, ""), (1.01, ""), (float("nan"), ""), (0.5, "two\nlines"), (0.5, "\ud800")],
)
def test_what_is_no_progress_is_refused_at_once(bench: Bench, share: float, note: str) -> None:
    """A mistake shows in the first test, not every five seconds."""

    def handle(context: Context) -> None:
        context.progress(0)
        with pytest.raises(ValueError, match="progress must be"):
            context.progress(share, note)

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.COMPLETED


def test_a_long_note_is_cut(bench: Bench) -> None:
    """Its record must not grow by what a handler copies from elsewhere."""
    bench.handle(lambda context: context.progress(1 / 3, "x" * 300))
    found = seen_while_running(bench)
    bench.deliver()
    assert found == [Progress(0.333, "x" * 200, NOW)]
