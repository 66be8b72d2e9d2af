"""A handler that commits has ended its command, whatever comes afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.decision import Then
from command_api.domain.effects import Put
from command_api.domain.errors import ConditionFailed, LeaseLost, Retryable
from command_api.domain.model import Lease, Status
from tests.builders import NOW, SECOND, fail

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import JSON
    from tests.unit.conftest import Bench

ORDER = Put("orders", {"orderId": "o-1"})


def test_a_commit_ends_the_command(bench: Bench) -> None:
    """By one write, with its items; the message is acknowledged, and the metrics count it."""
    bench.handle(lambda context: context.commit({"total": 7}, [ORDER]))

    assert bench.deliver() is Then.ACKNOWLEDGE
    assert (bench.command.status, bench.command.result) == (Status.COMPLETED, {"total": 7})
    assert bench.store.effects == [ORDER]
    assert [outcome for _, outcome, _ in bench.measured] == ["completed"]


@pytest.mark.parametrize(
    "afterwards",
    [lambda: "another result", lambda: fail(RuntimeError()), lambda: fail(Retryable("Later."))],
    ids=["returns", "raises", "wants to retry"],
)
def test_nothing_afterwards_changes_the_outcome(bench: Bench, afterwards: object) -> None:
    """What is committed is done: it is neither retried nor failed."""

    def handler(context: Context) -> JSON:
        context.commit("done", [ORDER])
        assert callable(afterwards)
        result: JSON = afterwards()
        return result

    bench.handle(handler)

    assert bench.deliver() is Then.ACKNOWLEDGE
    assert (bench.command.status, bench.command.result) == (Status.COMPLETED, "done")
    assert bench.store.effects == [ORDER]


def test_a_condition_that_does_not_hold_rejects_the_command(bench: Bench) -> None:
    """Unless the handler says otherwise; nothing was written."""
    bench.store.refusing.add("orders")
    bench.handle(lambda context: context.commit("done", [ORDER]))

    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.FAILED
    assert bench.command.failure is not None
    assert bench.command.failure.code == "condition_failed"
    assert bench.store.effects == []


def test_a_handler_may_retry_what_was_refused(bench: Bench) -> None:
    """Or commit something else in the same attempt."""
    bench.store.refusing.add("orders")
    other = replace(ORDER, table="archive")

    def handler(context: Context) -> JSON:
        try:
            return context.commit("done", [ORDER])
        except ConditionFailed:
            if context.attempt == 1:
                raise Retryable("The order is locked.") from None
            return context.commit("archived", [other])

    bench.handle(handler)

    assert bench.deliver() is Then.RETURN
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == "archived"
    assert bench.store.effects == [other]


def test_a_command_is_committed_once(bench: Bench) -> None:
    """A second commit is the handler's mistake, and has no effect."""

    def handler(context: Context) -> JSON:
        context.commit("first", [ORDER])
        with pytest.raises(RuntimeError):
            context.commit("second", [ORDER])
        return None

    bench.handle(handler)

    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == "first"
    assert bench.store.effects == [ORDER]


def test_an_overtaken_worker_commits_nothing(bench: Bench) -> None:
    """Nor does it where the handler swallows what it is told, and tries again."""

    def handler(context: Context) -> JSON:
        taken = Lease("t-9", NOW + SECOND)
        bench.store.commands["c-1"] = replace(bench.command, lease=taken)
        for _ in range(2):
            with pytest.raises(LeaseLost):
                context.commit("done", [ORDER])
        return "done"

    bench.handle(handler)

    assert bench.deliver() is Then.RETURN
    assert bench.store.effects == []
    assert bench.command.status is Status.PROCESSING
