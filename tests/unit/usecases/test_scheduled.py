"""Commands that must not start yet, or not any more."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from command_api.domain.access import ANYBODY
from command_api.domain.decision import Then
from command_api.domain.model import Status
from command_api.domain.timing import FARTHEST, Timing
from command_api.usecases.cancel import CancelCommand
from tests.builders import LATER, MESSAGE_LIFE, NOW, TEMPORARY, command, message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from command_api.domain.message import Message
    from tests.unit.conftest import Bench


def asked(**fields: Any) -> Message:
    """A message for c-1 with these fields in its body."""
    return message(json.dumps({"type": "echo", "input": {"n": 1}, **fields}))


def test_a_message_before_its_time_is_held_without_an_attempt(bench: Bench) -> None:
    """Clients see what it waits for, and until when there is a message."""
    bench.handle(lambda _: None)
    given = asked(delaySeconds=600)
    assert bench.deliver(given) is Then.ACKNOWLEDGE
    assert (bench.queue.copied, bench.queue.deleted) == ([(given, 600.0)], ["r-1"])
    assert (bench.command.status, bench.command.attempts) == (Status.PENDING, 0)
    assert bench.command.timing == Timing(LATER)
    assert bench.command.waits_until == LATER + MESSAGE_LIFE
    assert not bench.seen


def test_a_copy_runs_at_its_time_and_not_earlier(bench: Bench) -> None:
    """A clock that is a little behind holds it once more."""
    bench.handle(lambda _: None)
    bench.deliver(asked(delaySeconds=600))
    copy = replace(asked(delaySeconds=600), copy_of="m-1", message_id="m-2")
    bench.now = LATER - timedelta(seconds=0.4)
    assert bench.deliver(copy) is Then.ACKNOWLEDGE
    held, seconds = bench.queue.copied[-1]
    assert (held, round(seconds, 3)) == (copy, 0.4)
    bench.now = LATER
    bench.deliver(copy)
    assert bench.command.status is Status.COMPLETED


def test_what_a_client_has_cancelled_does_not_start(bench: Bench) -> None:
    """Its message is dropped, before its time or at it."""
    bench.handle(lambda _: None)
    bench.deliver(asked(delaySeconds=600))
    purge_at = LATER + timedelta(days=1)
    bench.store.cancel(command(Status.PENDING).cancelled(now=NOW, purge_at=purge_at), ANYBODY)
    for bench.now in (NOW, LATER):
        assert bench.deliver(asked(delaySeconds=600)) is Then.ACKNOWLEDGE
    assert (len(bench.queue.copied), bench.seen) == (1, [])
    assert bench.command.status is Status.CANCELLED


def test_another_message_of_the_command_does_not_start_it_earlier(bench: Bench) -> None:
    """The time of the first one counts."""
    bench.handle(lambda _: None)
    bench.deliver(asked(delaySeconds=600))
    assert bench.deliver(replace(asked(), message_id="m-2")) is Then.ACKNOWLEDGE
    assert not bench.seen


def test_a_redriven_message_does_not_wait_again(bench: Bench) -> None:
    """Its delay counted from the submission."""
    bench.handle(lambda _: None)
    failed = command(attempts=3, timing=Timing(NOW)).failed(TEMPORARY, now=NOW, purge_at=LATER)
    bench.store.commands["c-1"] = failed
    bench.now = LATER
    redriven = replace(asked(delaySeconds=600), message_id="m-2", sent_at=LATER)
    bench.deliver(redriven)
    assert bench.command.status is Status.COMPLETED


def test_an_expired_command_fails_for_good(bench: Bench) -> None:
    """On its first attempt, and on any later one."""
    bench.handle(lambda _: None)
    bench.now = LATER
    given = asked(expiresAt=NOW.isoformat())
    assert bench.deliver(given) is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert (bench.command.failure.code, bench.command.failure.retryable) == ("expired", False)
    assert not bench.seen


def test_a_time_that_no_message_can_wait_for_fails_for_good(bench: Bench) -> None:
    """Nothing runs it early, or years later."""
    bench.handle(lambda _: None)
    assert bench.deliver(asked(delaySeconds=901)) is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "schedule_unsupported"
    assert not bench.queue.copied


def test_waiting_for_its_time_counts_as_no_wait(bench: Bench) -> None:
    """An alarm on waits must not ring for it."""
    bench.handle(lambda _: None)
    bench.deliver(asked(delaySeconds=600))
    bench.now = LATER + timedelta(seconds=2)
    bench.deliver(replace(asked(delaySeconds=600), copy_of="m-1", message_id="m-2"))
    [(_, _, numbers)] = bench.measured
    assert (numbers["CommandAge"], numbers["Wait"]) == (2.0, 2.0)


@dataclass
class Schedules:
    """Remembers what is to be sent, as EventBridge Scheduler does, and what was deleted."""

    created: dict[str, datetime] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    largest: int = 1000
    on_create: Callable[[], object] = lambda: None

    def takes(self, given: Message) -> bool:
        """Whether it is not too large."""
        return len(given.body) <= self.largest

    def create(self, given: Message, at: datetime) -> None:
        """Note the time; the first one stays."""
        self.created.setdefault(given.key, at)
        self.on_create()

    def delete(self, command_id: str) -> None:
        """Note the deletion."""
        self.created.pop(command_id, None)
        self.deleted.append(command_id)


def far(bench: Bench) -> Schedules:
    """Let commands of a bench start up to a year ahead."""
    bench.handle(lambda _: None)
    schedules = Schedules()
    bench.schedules, bench.reach = schedules, FARTHEST
    return schedules


def cancel(bench: Bench) -> None:
    """A client takes c-1 back."""
    use = CancelCommand(
        store=bench.store,
        retention=timedelta(days=30),
        schedules=bench.schedules,
        clock=lambda: bench.now,
    )
    use("c-1")


def test_a_command_far_ahead_gets_a_schedule_of_its_own(bench: Bench) -> None:
    """Its message is acknowledged, and the one that comes instead runs at its time."""
    schedules = far(bench)
    given = asked(delaySeconds=86_400)
    for _ in range(2):  # delivered twice, it is scheduled once
        assert bench.deliver(given) is Then.ACKNOWLEDGE
    at = NOW + timedelta(days=1)
    assert (schedules.created, bench.queue.copied) == ({"c-1": at}, [])
    bench.now = at - timedelta(seconds=90)
    fired = replace(given, copy_of="m-1", message_id="m-2")
    bench.deliver(fired)
    assert bench.queue.copied == [(fired, 90.0)]
    # Both go with their batches, at no request more.
    assert bench.queue.deleted == []
    bench.now = at
    bench.deliver(fired)
    assert bench.command.status is Status.COMPLETED


def test_a_cancelled_command_leaves_no_schedule_behind(bench: Bench) -> None:
    """Cancelled after it was scheduled, while that was made, and by a process that died then."""
    schedules = far(bench)
    bench.deliver(asked(delaySeconds=86_400))
    cancel(bench)
    assert not schedules.created

    bench.store.commands.clear()
    schedules.on_create = lambda: cancel(bench)
    bench.deliver(asked(delaySeconds=86_400))
    assert not schedules.created

    bench.store.commands.clear()
    schedules.on_create = lambda: None
    bench.deliver(asked(delaySeconds=86_400))
    purge_at = NOW + timedelta(days=30)
    bench.store.cancel(command(Status.PENDING).cancelled(now=NOW, purge_at=purge_at), ANYBODY)
    bench.deliver(asked(delaySeconds=86_400))
    assert not schedules.created
    assert not bench.seen


def test_a_schedule_carries_no_more_than_it_may(bench: Bench) -> None:
    """A command that does not fit fails for good, and at once."""
    schedules = far(bench)
    schedules.largest = 10
    assert bench.deliver(asked(delaySeconds=86_400)) is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "schedule_too_large"
