"""Runs of recurring schedules, whose ids name the schedule and its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.decision import Then
from command_api.domain.errors import Rejected, Retryable
from command_api.domain.model import Status
from tests.builders import fail, message

if TYPE_CHECKING:
    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

# The longest name that a schedule may have.
NAME = "n" * 63
RUN, NEXT = (f"{NAME}:2030-12-{day}T02:00:00Z" for day in (24, 25))


def firing(run: str, number: int) -> Message:
    """A message that Scheduler sends for a run; each firing is a message of its own."""
    return message(command_id=run, message_id=f"m-{number}", receipt_handle=f"r-{number}")


def test_a_repeated_firing_is_the_same_run(bench: Bench) -> None:
    """Hours later too; the next time is another one."""
    bench.handle(lambda _: None)
    bench.deliver(firing(RUN, 1))
    bench.now += timedelta(hours=23)
    assert bench.deliver(firing(RUN, 2)) is Then.ACKNOWLEDGE
    bench.deliver(firing(NEXT, 3))
    assert [context.command.id for context in bench.seen] == [RUN, NEXT]


def test_a_repeated_firing_does_not_run_beside_the_first(bench: Bench) -> None:
    """It comes while the handler is at work."""
    repeated: list[Then] = []

    def work(_: object) -> None:
        repeated.append(bench.deliver(firing(RUN, 2)))

    bench.handle(work)
    bench.deliver(firing(RUN, 1))
    assert len(repeated) == len(bench.seen) == 1
    ended = bench.store.get(RUN)
    assert ended is not None
    assert (ended.status, ended.attempts) == (Status.COMPLETED, 1)


def test_a_repeated_firing_does_not_revive_a_run_that_failed_for_good(bench: Bench) -> None:
    """Nor one whose attempts are used up, unless it is sent after that, like a redrive."""
    bench.handle(lambda _: fail(Rejected("no")))
    bench.deliver(firing(RUN, 1))
    assert bench.deliver(firing(RUN, 2)) is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1

    bench.handle(lambda _: fail(Retryable("later")))
    repeated = firing(NEXT, 4)
    for _ in range(3):
        bench.deliver(firing(NEXT, 3))
        bench.now += timedelta(minutes=1)
    assert bench.deliver(repeated) is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1 + 3
    bench.deliver(replace(repeated, sent_at=bench.now))
    assert len(bench.seen) == 1 + 3 + 1
