"""A record near DynamoDB's 400 KB: however full its handler made it, it takes its outcome."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain.decision import Then
from command_api.domain.errors import Rejected, Retryable
from command_api.domain.model import Status, Step
from command_api.domain.retry import RetryPolicy
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.builders import NOW, command, fail, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue, InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.context import Context
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore

KB = 1024
LONGEST = "ü" * 2_000


def deliver(store: CommandStore, handle: Callable[[Context], JSON], *, attempts: int = 1) -> Then:
    """Deliver c-1 once to a worker with this store and handler."""
    runtime = Runtime(
        store=store,
        queue=InMemoryQueue(),
        secrets=InMemorySecrets(),
        handlers={"echo": lambda _input, context: handle(context)},
        default_type="echo",
        policy=RetryPolicy(max_attempts=attempts),
        retention=timedelta(days=30),
        message_life=timedelta(days=4),
        logger=logging.getLogger("worker"),
        clock=lambda: NOW,
    )
    given = message(correlation_id="c" * 128)
    return ProcessMessage(runtime)(given, deadline=NOW + timedelta(seconds=30))


def found(store: CommandStore) -> Command:
    """The command c-1 as it is stored."""
    command = store.get("c-1")
    assert command is not None
    return command


def few_large(context: Context) -> None:
    """Fill the record with as much as it takes, in steps of 74 KB."""
    for number in range(4):
        context.once(f"step-{number}", lambda: "x" * 74 * KB)


def one_large(context: Context) -> None:
    """Fill the record by one step of 299 KB."""
    context.once("step", lambda: "x" * 299 * KB)


def many_small(context: Context) -> None:
    """Fill the record with steps whose names are longer than their results."""
    for number in range(60):
        context.once(f"{number:02}" + "n" * 5_000, lambda: None)


FILLED: dict[str, Callable[[Context], None]] = {
    "few large steps": few_large,
    "one large step": one_large,
    "many steps with long names": many_small,
}
ENDS: dict[str, Callable[[], JSON]] = {
    "rejected": lambda: fail(Rejected(LONGEST, code=LONGEST)),
    "out of attempts": lambda: fail(Retryable(LONGEST, code=LONGEST)),
    "unexpected error": lambda: fail(ValueError(LONGEST)),
    "a result of 256 KB": lambda: "r" * (256 * KB - 2),
    "a result that does not fit": lambda: "r" * 500 * KB,
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("filled", FILLED)
def test_a_full_record_takes_every_outcome(store: CommandStore, filled: str, end: str) -> None:
    """With the longest texts that an error may have."""

    def handle(context: Context) -> JSON:
        FILLED[filled](context)
        return ENDS[end]()

    expected = {
        "rejected": (Then.ACKNOWLEDGE, Status.FAILED, LONGEST[:64]),
        "out of attempts": (Then.DEAD_LETTER, Status.FAILED, LONGEST[:64]),
        "unexpected error": (Then.DEAD_LETTER, Status.FAILED, "unexpected_error"),
        "a result of 256 KB": (Then.ACKNOWLEDGE, Status.COMPLETED, None),
        "a result that does not fit": (Then.ACKNOWLEDGE, Status.FAILED, "result_too_large"),
    }[end]
    then = deliver(store, handle)
    ended = found(store)
    assert (then, ended.status, ended.failure and ended.failure.code) == expected


@pytest.mark.parametrize("filled", FILLED)
def test_a_full_record_waits_for_its_next_attempt(store: CommandStore, filled: str) -> None:
    """Its steps are all there then, and nothing is added to them."""
    runs: list[int] = []

    def handle(context: Context) -> JSON:
        FILLED[filled](replace_once(context, runs))
        return fail(Retryable(LONGEST, code=LONGEST)) if context.attempt == 1 else len(runs)

    assert deliver(store, handle, attempts=2) is Then.RETURN
    assert found(store).status is Status.PENDING
    made = len(runs)
    assert deliver(store, handle, attempts=2) is Then.ACKNOWLEDGE
    assert found(store).result == made


def replace_once(context: Context, runs: list[int]) -> Context:
    """The context, with a note of each step that really runs."""
    once = context.once

    class Noted:
        def once(self, name: str, step: Callable[[], JSON]) -> JSON:
            def noted() -> JSON:
                runs.append(1)
                return step()

            return once(name, noted)

    return Noted()  # type: ignore[return-value]


@pytest.mark.parametrize(
    "overfill",
    [
        lambda context: context.once("step", lambda: "x" * 301 * KB),
        lambda context: [context.once(str(n), lambda: "ü" * 40 * KB) for n in range(4)],
        lambda context: [context.once("n" * 60 * KB + str(n), lambda: 1) for n in range(6)],
    ],
    ids=["one", "together", "by their names"],
)
def test_steps_of_more_than_300_kb_end_the_attempt(
    overfill: Callable[[Context], JSON],
) -> None:
    """For good: it would not be otherwise the next time. The rule is not a store's."""
    store = InMemoryCommands()
    assert deliver(store, overfill, attempts=3) is Then.ACKNOWLEDGE
    failure = found(store).failure
    assert failure is not None
    assert (failure.code, failure.retryable) == ("result_too_large", False)


def test_threads_of_a_handler_cannot_overfill_it_together(store: CommandStore) -> None:
    """Each would have fitted alone: what does not fit ends the attempt, and it can be written."""

    def handle(context: Context) -> JSON:
        with ThreadPoolExecutor(4) as pool:
            steps = [
                pool.submit(context.once, str(number), lambda: "x" * 90 * KB) for number in range(4)
            ]
        return len([step.result() for step in steps])

    assert deliver(store, handle) is Then.ACKNOWLEDGE
    ended = found(store)
    assert (len(ended.steps), ended.status) == (3, Status.FAILED)


def test_a_record_of_an_older_release_may_be_fuller(store: CommandStore) -> None:
    """Its steps were not counted; it runs, and gets no more of them."""

    def handle(context: Context) -> JSON:
        assert len(str(context.once("old", lambda: None))) == 350 * KB
        return context.once("new", lambda: 1)

    old = command(Status.PENDING, attempts=1, steps={"old": Step("x" * 350 * KB)})
    store.record(old)
    assert deliver(store, handle, attempts=3) is Then.ACKNOWLEDGE
    failure = found(store).failure
    assert failure is not None
    assert failure.code == "result_too_large"
