"""What survives when a command starts over: its failures, and nothing of its attempts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.decision import Then
from command_api.domain.errors import Retryable
from command_api.domain.model import Lease, Status, Step
from command_api.domain.retry import RetryPolicy
from command_api.domain.submission import submitted
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.builders import (
    LATER,
    MESSAGE_LIFE,
    NOW,
    SECOND,
    TEMPORARY,
    attempt,
    command,
    fail,
    message,
    submission,
)
from tests.fakes.commands import InMemoryQueue, InMemorySecrets

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, Outbox

MONTH = timedelta(days=30)


@dataclass
class Worker:
    """A worker at this store, whose handler fails as often as `codes` has codes for it."""

    store: CommandStore
    now: datetime = NOW
    codes: list[str] = field(default_factory=list)
    # The attempts that the handler was told of.
    seen: list[int] = field(default_factory=list)

    def deliver(self, message_id: str, *, sent_at: datetime, alone: bool = False) -> Then:
        """Deliver a message of c-1."""
        runtime = Runtime(
            store=self.store,
            queue=InMemoryQueue(),
            secrets=InMemorySecrets(),
            handlers={"echo": lambda _input, context: self._handle(context)},
            default_type="echo",
            policy=RetryPolicy(max_attempts=3),
            retention=MONTH,
            message_life=MESSAGE_LIFE,
            logger=logging.getLogger("worker"),
            clock=lambda: self.now,
        )
        given = message(message_id=message_id, sent_at=sent_at)
        deadline = self.now + timedelta(seconds=30)
        return ProcessMessage(runtime)(given, deadline=deadline, alone=alone)

    @property
    def command(self) -> Command:
        """The command c-1 as it is stored."""
        found = self.store.get("c-1")
        assert found is not None
        return found

    def _handle(self, context: Context) -> None:
        self.seen.append(context.command.attempts)
        if self.codes:
            fail(Retryable("Not now.", code=self.codes.pop(0)))


def history(stored: Command) -> list[tuple[str, int]]:
    """The earlier attempts: code and number."""
    return [(one.code, one.number) for one in stored.past]


def test_a_redrive_keeps_each_failure_and_gives_fresh_attempts(store: CommandStore) -> None:
    """Claimed anew a dozen times: the last ten attempts stay, the oldest first."""
    worker = Worker(store)
    failed = [(f"code_{number}", one) for number in range(12) for one in (1, 2, 3)]
    for number in range(12):
        worker.codes = [f"code_{number}"] * 3
        sent = worker.now
        thens = [worker.deliver(f"m-{number}", sent_at=sent) for _ in range(3)]
        assert thens == [Then.RETURN, Then.RETURN, Then.DEAD_LETTER]
        assert (worker.command.status, worker.command.attempts) == (Status.FAILED, 3)
        worker.now += timedelta(minutes=1)
    assert history(worker.command) == failed[-11:-1]
    assert worker.deliver("m-last", sent_at=worker.now) is Then.ACKNOWLEDGE
    assert worker.command.status is Status.COMPLETED
    assert history(worker.command) == failed[-10:]
    assert worker.seen == [1, 2, 3] * 12 + [1]


def test_a_redrive_after_lost_workers_keeps_them_too(store: CommandStore) -> None:
    """Written by whoever restarts the command, in the write that claims it."""
    gone = Lease("t-0", NOW - SECOND)
    assert store.record(command(lease=gone, attempts=3))
    worker = Worker(store, codes=["timeout"] * 3)
    for _ in range(3):
        worker.deliver("m-2", sent_at=NOW)
    lost = [("worker_lost", 3), ("timeout", 1), ("timeout", 2)]
    assert history(worker.command) == lost
    worker.now = LATER
    assert worker.deliver("m-3", sent_at=LATER) is Then.ACKNOWLEDGE
    assert history(worker.command) == [*lost, ("timeout", 3)]


LOST = {
    "between two attempts": command(Status.PENDING, attempts=2, failure=TEMPORARY),
    "before its first attempt": command(Status.PENDING, attempts=0),
    "when its worker died": command(attempts=2, lease=Lease("t-0", NOW)),
}


@pytest.mark.parametrize("state", LOST)
def test_a_lost_command_that_is_submitted_again_has_all_its_attempts(
    store: CommandStore, state: str
) -> None:
    """Straight into the queue: attempts, wait and expiry begin anew, finished steps stay."""
    steps = {"pay": Step("r-7")}
    lost = _lost(state, steps)
    assert store.record(lost)
    worker = Worker(store, now=LATER, codes=["timeout"] * 2)
    seen = lifecycle.observed(lost, now=LATER)
    assert seen is not None
    assert seen.failure == lifecycle.MESSAGE_LOST
    if lost.lease:
        assert worker.deliver("m-2", sent_at=LATER) is Then.RUN_ALONE
    assert worker.deliver("m-2", sent_at=LATER, alone=True) is Then.RETURN
    stored = worker.command
    assert (stored.attempts, stored.steps, stored.purge_at) == (1, steps, None)
    assert stored.waits_until == LATER + MESSAGE_LIFE
    assert worker.deliver("m-2", sent_at=LATER) is Then.RETURN
    assert worker.deliver("m-2", sent_at=LATER) is Then.ACKNOWLEDGE
    assert worker.seen == [1, 2, 3]
    assert worker.command.purge_at == LATER + MONTH


@pytest.mark.parametrize("state", LOST)
def test_the_validated_entry_point_starts_it_anew_as_well(
    store: CommandStore, outbox: Outbox, state: str
) -> None:
    """It stores the command with no attempt, and the message that it sends is claimed at once."""
    assert store.record(_lost(state, {}))
    again = submitted(submission(submitted_at=LATER), until=LATER + 15 * SECOND)
    assert outbox.store(again) is None
    stored = store.get("c-1")
    assert stored is not None
    assert (stored.attempts, stored.purge_at, stored.lease) == (0, None, None)
    assert stored.waits_until is not None
    assert stored.waits_until > LATER
    worker = Worker(store, now=LATER)
    assert worker.deliver("m-2", sent_at=LATER) is Then.ACKNOWLEDGE
    assert worker.seen == [1]


def test_a_message_that_turns_up_late_goes_on_with_its_attempts(store: CommandStore) -> None:
    """It was sent before its command gave it up, so it is no new request."""
    assert store.record(_lost("between two attempts", {}))
    worker = Worker(store, now=LATER)
    assert worker.deliver("m-1", sent_at=NOW - MESSAGE_LIFE) is Then.ACKNOWLEDGE
    assert worker.seen == [3]


def test_of_two_new_requests_for_a_lost_command_one_runs(store: CommandStore) -> None:
    """The second finds the first one's lease."""
    lost = _lost("between two attempts", {})
    assert store.record(lost)
    asked = submission(submitted_at=LATER)
    first, second = (attempt(token=f"t-{n}", message_id=f"m-{n}", at=LATER) for n in (2, 3))
    for one in (first, second):
        assert not store.claim(asked, one).won
    store.replace(lost, lifecycle.restarted(lost, asked, first))
    found = store.claim(asked, second)
    assert (found.won, found.command.message_id) == (False, "m-2")


def _lost(state: str, steps: dict[str, Step]) -> Command:
    """Since NOW there has been no message of it."""
    return replace(LOST[state], waits_until=NOW, steps=steps)
