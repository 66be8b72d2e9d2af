"""`Context.once`: a step runs once per command, and gives the same value whenever it is asked."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.context import Context
from command_api.domain.decision import Then
from command_api.domain.errors import DoesNotFit, LeaseLost, Retryable, StepInProgress
from command_api.domain.model import Lease, Status, Step
from command_api.usecases.report import CommandLogger
from tests.builders import LATER, NOW, SECOND, command, fail
from tests.fakes.commands import InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.conftest import Bench


def alone(remember: Callable[[str, Step], None], **steps: Step) -> Context:
    """A context without a worker around it."""
    return Context(
        command=command(steps=steps),
        deadline=LATER,
        logger=CommandLogger(logging.getLogger("handler"), {}),
        secrets=InMemorySecrets(),
        clock=lambda: NOW,
        remember=remember,
        complete=lambda _result, _effects: None,
        report=lambda _progress: False,
        look=lambda: False,
        give=lambda _timeout, _retry: "token-of-the-hand-over",
    )


def overtake(bench: Bench) -> None:
    """Let another attempt take c-1 over."""
    bench.store.commands["c-1"] = replace(bench.command, lease=Lease("t-9", NOW + SECOND))


def test_a_swallowed_lost_lease_lets_no_further_step_run(bench: Bench) -> None:
    """Neither a bare `except Exception` nor a second try goes on with the effects."""
    effects: list[str] = []

    def handle(context: Context) -> Any:
        context.once("first", lambda: effects.append("first"))
        overtake(bench)
        for name in ("second", "third", "first"):
            with suppress(Exception):
                context.once(name, lambda name=name: effects.append(name))
        return "went on"

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert effects == ["first", "second"]
    assert bench.command.lease == Lease("t-9", NOW + SECOND)


def test_a_lost_lease_that_is_caught_by_all_means_ends_every_later_step() -> None:
    """A handler that catches BaseException, too, is refused; also for known steps."""
    context = alone(lambda *_: fail(LeaseLost()), known=Step(1))
    assert context.once("known", lambda: 2) == 1
    effects: list[int] = []
    with pytest.raises(LeaseLost):
        context.once("new", lambda: effects.append(1))
    for name in ("new", "other", "known"):
        with pytest.raises(LeaseLost):
            context.once(name, lambda: effects.append(2))
    assert effects == [1]


@pytest.mark.parametrize("result", [object(), {1, 2}, float("nan"), "\ud800", [float("inf")]])
def test_a_step_whose_result_is_no_json_ends_the_command(bench: Bench, result: Any) -> None:
    """Its effect is done, and nothing could tell the next attempt."""
    bench.handle(lambda context: context.once("pay", lambda: result))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "result_too_large"


def test_many_small_steps_count_with_their_names() -> None:
    """DynamoDB counts both; a record that is full of names could not take its outcome."""
    stored: list[int] = []
    context = alone(lambda name, _step: stored.append(len(name)))

    def fill() -> None:
        for number in range(30_000):
            context.once(f"row-{number:06}", lambda: None)

    with pytest.raises(DoesNotFit):
        fill()
    assert 10_000 < len(stored) < 300 * 1024 / (10 + 4)


def test_a_step_that_runs_already_is_refused(bench: Bench) -> None:
    """Two concurrent runs of one step would both have its effect."""

    def handle(context: Context) -> Any:
        return context.once("step", lambda: context.once("step", lambda: 1))

    bench.handle(handle)
    assert bench.deliver() is Then.RETURN
    assert bench.command.failure is not None
    assert bench.command.failure.code == StepInProgress.code


def test_a_step_that_failed_can_be_tried_again(bench: Bench) -> None:
    """Within the same attempt: nothing of it was stored."""

    def handle(context: Context) -> Any:
        with suppress(ConnectionError):
            context.once("pay", lambda: fail(ConnectionError()))
        return context.once("pay", lambda: "r-7")

    bench.handle(handle)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == "r-7"


def test_two_tasks_cannot_run_the_same_step(bench: Bench) -> None:
    """Also where the first one is still being awaited."""
    ran: list[int] = []

    async def pay() -> str:
        ran.append(1)
        await asyncio.sleep(0)
        return "r-7"

    async def handle(_input: object, context: Context) -> Any:
        async def one() -> object:
            try:
                return await context.once("pay", pay)
            except StepInProgress:
                return "in progress"

        return list(await asyncio.gather(one(), one()))

    bench.handlers["echo"] = handle
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert (bench.command.result, ran) == (["r-7", "in progress"], [1])


def test_a_step_runs_once_over_all_attempts(bench: Bench) -> None:
    """`once` gives later attempts the stored result instead of running the step again."""
    charges: list[int] = []

    def charge() -> str:
        charges.append(1)
        return "r-7"

    def charge_then_fail(context: Context) -> Any:
        receipt: Any = context.once("charge", charge)
        assert context.once("charge", lambda: "never") == receipt
        return receipt if context.attempt == 3 else fail(Retryable("Not yet."))

    bench.handle(charge_then_fail)
    thens = [bench.deliver() for _ in range(3)]
    assert thens[-1] is Then.ACKNOWLEDGE
    assert (bench.command.result, len(charges)) == ("r-7", 1)


def test_steps_survive_a_redrive(bench: Bench) -> None:
    """A command that starts over does not pay again."""
    charges: list[int] = []

    def handle(context: Context) -> Any:
        context.once("charge", lambda: charges.append(1))
        return None if len(bench.seen) == 4 else fail(Retryable("Not yet."))

    bench.handle(handle)
    for _ in range(3):
        bench.deliver()
    (dead,) = bench.queue.dead_lettered
    bench.pass_time(60)
    redriven = replace(dead, message_id="m-2", sent_at=bench.now)
    assert bench.deliver(redriven) is Then.ACKNOWLEDGE
    assert (bench.command.status, charges) == (Status.COMPLETED, [1])


@pytest.mark.parametrize(
    ("result", "stored"),
    [
        ({1: (10, 20)}, {"1": [10, 20]}),
        ((), []),
        ({"a": {True: None}}, {"a": {"true": None}}),
        (10**20, 10**20),
        (None, None),
    ],
)
def test_a_step_gives_the_same_value_on_every_attempt(
    bench: Bench, result: Any, stored: Any
) -> None:
    """As it is stored: what works at first works on a retry."""
    seen: list[Any] = []

    def handle(context: Context) -> Any:
        seen.append(context.once("pay", lambda: result))
        seen.append(context.once("pay", lambda: "never"))
        return None if context.attempt == 2 else fail(Retryable("Not yet."))

    bench.handle(handle)
    for _ in range(2):
        bench.deliver()
    assert [repr(one) for one in seen] == [repr(stored)] * 4


async def pay() -> Any:
    """An async step."""
    await asyncio.sleep(0)
    return {7: "r-7"}


@pytest.mark.parametrize(
    "step", [pay, lambda: asyncio.sleep(0, {7: "r-7"})], ids=["async def", "lambda"]
)
def test_an_async_step_is_awaited_on_every_attempt(bench: Bench, step: Any) -> None:
    """First and later alike; a sync step beside it is not."""
    seen: list[Any] = []
    ran: list[str] = []

    def noted() -> Any:
        ran.append("pay")
        return step()

    def mail() -> Any:
        ran.append("mail")
        return (1, 2)

    async def handle(_input: object, context: Context) -> Any:
        seen.append(await context.once("pay", noted))
        seen.append(context.once("mail", mail))
        if context.attempt < 3:
            raise Retryable("Not yet.")
        return await context.once("pay", pay)

    bench.handlers["echo"] = handle
    thens = [bench.deliver() for _ in range(3)]
    assert thens == [Then.RETURN, Then.RETURN, Then.ACKNOWLEDGE]
    assert seen == [{"7": "r-7"}, [1, 2]] * 3
    assert ran == ["pay", "mail"]
    assert bench.command.result == {"7": "r-7"}


def test_an_async_step_may_fail_and_lose_its_lease(bench: Bench) -> None:
    """As a sync one: the error is the attempt's, the lost lease its end."""

    async def broken() -> None:
        raise Retryable("The partner is down.", code="partner_down")

    async def handle(_input: object, context: Context) -> Any:
        if context.attempt == 1:
            await context.once("pay", broken)
        overtake(bench)
        with suppress(Exception):
            await context.once("pay", pay)
        return "went on"

    bench.handlers["echo"] = handle
    assert bench.deliver() is Then.RETURN
    assert bench.command.failure is not None
    assert bench.command.failure.code == "partner_down"
    assert bench.deliver() is Then.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)


def test_an_async_step_of_a_sync_handler_can_be_run_by_it(bench: Bench) -> None:
    """`once` gives something to be awaited, and asyncio.run awaits it."""

    def handle(context: Context) -> Any:
        async def run() -> object:
            return await context.once("pay", pay)

        value = asyncio.run(run())
        return value if context.attempt == 2 else fail(Retryable("Not yet."))

    bench.handle(handle)
    for _ in range(2):
        bench.deliver()
    assert bench.command.result == {"7": "r-7"}
