"""Runs of a schedule with `overlap = "skip"`: at most one of them is at work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain import lifecycle
from command_api.domain.decision import Then
from command_api.domain.errors import Continue, Retryable, Unavailable
from command_api.domain.model import Status
from tests.builders import fail, message
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command
    from tests.unit.conftest import Bench


def run(day: int, number: int = 1, **changes: Any) -> Message:
    """A firing for a day of the schedule `nightly`, whose runs are not to overlap."""
    command_id = f"nightly:2030-12-{day:02}T02:00:00Z"
    named = {"message_id": f"m-{day}-{number}", "receipt_handle": f"r-{day}-{number}"}
    return replace(message(command_id=command_id, schedule="nightly", **named), **changes)


def stored(bench: Bench, day: int) -> Command:
    """The record of a day's run."""
    return bench.store.commands[run(day).key]


def test_a_run_that_finds_another_one_at_work_is_skipped(bench: Bench) -> None:
    """For good, acknowledged, and said which; the one after the end runs."""
    inside: list[Then] = []

    def work(context: Context) -> JSON:
        if context.command.id == run(1).key:
            inside.append(bench.deliver(run(2)))
        return None

    bench.handle(work)
    bench.deliver(run(1))
    assert inside == [Then.ACKNOWLEDGE]
    skipped = stored(bench, 2)
    assert (skipped.status, skipped.failure and skipped.failure.code) == (Status.FAILED, "skipped")
    assert skipped.failure is not None
    assert not skipped.failure.retryable
    assert run(1).key in skipped.failure.message
    assert bench.queue.dead_lettered == []
    bench.deliver(run(3))
    assert [context.command.id for context in bench.seen] == [run(1).key, run(3).key]
    # A repeated firing of what was skipped is skipped work, too.
    bench.deliver(run(2, 2))
    assert len(bench.seen) == 2


def test_a_run_has_not_ended_while_it_waits_for_a_retry_or_its_next_slice(bench: Bench) -> None:
    """It keeps its turn from the first attempt to the end."""
    bench.handle(lambda _: fail(Retryable("later")))
    bench.deliver(run(1))
    bench.deliver(run(2))
    bench.handle(lambda context: None if context.state else fail(Continue(1)))
    bench.deliver(run(1))
    bench.deliver(run(3))
    (following, _), *_ = bench.queue.copied
    assert following.schedule == "nightly"
    bench.deliver(replace(following, message_id="m-next", receipt_handle="r-next"))
    bench.deliver(run(4))
    statuses = [stored(bench, day).status for day in (1, 2, 3, 4)]
    assert statuses == [Status.COMPLETED, Status.FAILED, Status.FAILED, Status.PENDING]


def test_a_run_that_was_cancelled_or_whose_last_worker_died_has_ended(bench: Bench) -> None:
    """By what readers see, without a write of anybody."""

    dying = Dying()
    bench.store = dying
    bench.handle(lambda _: None)
    for attempt in range(1, 4):
        dying.dies = True
        with pytest.raises(Died):
            bench.deliver(run(1, receives=attempt), alone=True)
        dying.dies = False
        bench.deliver(run(1 + attempt))
        bench.now += timedelta(minutes=1)
    bench.deliver(run(5))
    statuses = [stored(bench, day).status for day in (1, 2, 3, 4, 5)]
    # Until its lease runs out, the third attempt may be at work.
    assert statuses == [Status.PROCESSING, *[Status.FAILED] * 3, Status.COMPLETED]
    bench.handle(lambda _: fail(Retryable("later")))
    bench.deliver(run(6))
    assert stored(bench, 6).status is Status.PENDING
    ended = stored(bench, 6).cancelled(now=bench.now, purge_at=bench.now + timedelta(days=1))
    bench.store.commands[ended.id] = ended
    bench.handle(lambda _: None)
    bench.deliver(run(7))
    assert stored(bench, 7).status is Status.COMPLETED


def test_a_redriven_run_is_retried_and_goes_back_to_the_dead_letters(bench: Bench) -> None:
    """What an operator wants to be made up for is not dropped in silence, and does not overlap."""
    bench.handle(lambda _: fail(Retryable("later")))
    for _ in range(3):
        bench.deliver(run(1))
        bench.now += timedelta(minutes=1)
    assert len(bench.queue.dead_lettered) == 1
    bench.handle(lambda context: None if context.state else fail(Continue(1, after=3_600)))
    bench.deliver(run(2))
    redriven = run(1, 2, sent_at=bench.now)
    thens = []
    for _ in range(3):
        thens.append(bench.deliver(redriven))
        bench.now += timedelta(minutes=1)
    assert thens == [Then.RETURN, Then.RETURN, Then.DEAD_LETTER]
    failure = stored(bench, 1).failure
    assert failure is not None
    assert (failure.code, failure.retryable) == ("skipped", True)
    assert [context.command.id for context in bench.seen][3:] == [run(2).key]


def test_trouble_with_the_turn_costs_no_attempt(bench: Bench) -> None:
    """The message comes back."""

    @dataclass
    class Away(InMemoryCommands):
        def turn(self, schedule: str) -> Any:
            raise Unavailable(schedule)

    bench.store = Away()
    assert bench.deliver(run(1)) is Then.RETURN
    assert (stored(bench, 1).status, stored(bench, 1).attempts) == (Status.PENDING, 0)


def test_other_commands_ask_for_no_turn(bench: Bench) -> None:
    """No read and no write more."""
    bench.deliver()
    bench.deliver(run(1, schedule=""))
    assert bench.store.turns == {}


class Died(BaseException):
    """The process is gone."""


@dataclass
class Dying(InMemoryCommands):
    """A store whose worker dies before it can write what came of its work."""

    dies: bool = False

    def finish(self, command: Command, token: str) -> None:
        """Die instead."""
        if self.dies:
            raise Died
        super().finish(command, token)


@dataclass
class Interrupted(InMemoryCommands):
    """A store in which something happens once, before one of its calls."""

    at: int = 0
    event: Callable[[], object] = lambda: None
    calls: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        if name in ("get", "claim", "replace", "finish", "turn", "take_turn"):
            self.calls.append(name)
            if len(self.calls) == self.at:
                self.event()
        return super().__getattribute__(name)


@pytest.mark.parametrize("other", ["new", "redriven"])
def test_whatever_happens_between_two_calls_two_runs_are_never_at_work(
    bench: Bench, other: str
) -> None:
    """Before each call of a run, another one starts its work, which it will go on with later."""
    calls = 0
    for at in range(1, 20):
        played = Played(bench, redriven=other == "redriven", at=at)
        assert played.overlapping == []
        assert len(played.began) == 1
        if (calls := played.calls) < at:
            break
    # claim, turn, take_turn, finish
    assert 4 <= calls < 19


class Played:
    """What came of one run, where another one was delivered before its call number `at`."""

    def __init__(self, bench: Bench, *, redriven: bool, at: int) -> None:
        store = bench.store = Interrupted()
        self.bench, self.store = bench, store
        self.began: list[str] = []
        # Kept here: an error would be just another one that the worker survives.
        self.overlapping: list[str] = []
        if redriven:
            bench.handle(lambda _: fail(Retryable("later")))
            for _ in range(3):
                bench.deliver(run(1, sent_at=bench.now))
                bench.now += timedelta(minutes=1)
        bench.handle(self.work)
        beside = run(1, 2, sent_at=bench.now + timedelta(seconds=2))
        store.calls.clear()
        store.at, store.event = at, lambda: bench.deliver(beside)
        bench.deliver(run(2, sent_at=bench.now))
        self.calls = len(store.calls)

    def work(self, context: Context) -> JSON:
        """Do a slice of the work; the rest is for later."""
        mine = context.command.id
        for earlier in self.began:
            seen = lifecycle.observed(self.store.commands[earlier], now=self.bench.now)
            if seen is not None and not seen.status.terminal:
                self.overlapping.append(f"{mine} beside {earlier}")
        self.began.append(mine)
        return fail(Continue(1, after=60))
