"""Record how an attempt ended, and tell the queue what to do with the message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.errors import DoesNotFit, LeaseLost
from command_api.domain.model import Failure
from command_api.usecases.report import attempt_numbers, delivered, ended_numbers, trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from logging import Logger

    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore, MessageQueue, Meter
    from command_api.domain.retry import RetryPolicy
    from command_api.usecases.attempt import Failed

# What an attempt needs besides its handler: its writes, and their retries on a bad day.
RESERVE_SECONDS = 1.0
# With the usual backoff, half a minute at the most.
_PATIENCE = 6


class Outcome(Enum):
    """What happens to the message afterwards."""

    ACKNOWLEDGE = auto()
    RETURN = auto()
    SUSPECT = auto()
    """Not run yet: an earlier worker died on the command. Ask again with `takes_over`."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Recorder:
    """The end of every attempt. `retention` is how long a finished command stays readable."""

    store: CommandStore
    queue: MessageQueue
    policy: RetryPolicy
    retention: timedelta
    logger: Logger
    clock: Callable[[], datetime]
    jitter: Callable[[float, float], float]
    sleep: Callable[[float], None]
    measure: Meter

    def complete(
        self, message: Message, command: Command, result: JSON, deadline: datetime
    ) -> bool:
        """Record success; False where the result cannot be stored."""
        now = self.clock()
        done = command.completed(result, now=now, purge_at=now + self.retention)
        try:
            self._finish(done, token_of(command), deadline)
        except DoesNotFit:
            return False
        self.log("completed", message, done)
        self.measure(done.type, "completed", ended_numbers(command, now))
        return True

    def conclude(
        self,
        message: Message,
        command: Command,
        failed: Failed,
        policy: RetryPolicy,
        deadline: datetime,
    ) -> Outcome:
        """Record a failed attempt: for good, until a redrive, or until the next attempt."""
        failure, now = failed.failure, self.clock()
        if failure.retryable and not command.on_last_attempt:
            released = command.released(failure, now=now)
            self._finish(released, token_of(command), deadline)
            self.log("will be tried again", message, released)
            self.measure(command.type, "retried", {"Retries": 1, **attempt_numbers(command, now)})
            delay = policy.delay(command.attempts, jitter=self.jitter)
            return self.give_back(message, delay if failed.after is None else failed.after)
        self._fail(message, command, failure, now, deadline)
        return self.condemn(message) if failure.retryable else Outcome.ACKNOWLEDGE

    def bury(self, message: Message, command: Command, deadline: datetime) -> Outcome:
        """Record that a worker died on the last attempt, which was when its lease ran out.

        A message that was redriven after that time gives the command fresh attempts.
        """
        died = command.lease.expires_at if command.lease else self.clock()
        self._fail(message, command, lifecycle.WORKER_LOST, died, deadline)
        return self.condemn(message)

    def give_back(self, message: Message, seconds: float) -> Outcome:
        """Let the message come back after so many seconds."""
        self.queue.delay(message.receipt_handle, seconds)
        return Outcome.RETURN

    def condemn(self, message: Message) -> Outcome:
        """Let the message go to the dead-letter queue."""
        return Outcome.ACKNOWLEDGE if self.queue.condemn(message) else Outcome.RETURN

    def come_back_after_trouble(self, message: Message) -> Outcome:
        """Let a message come back soon where the store was in trouble, if the queue is not.

        Its receives say little of how long the trouble lasts: a neighbour's death counts as one.
        """
        try:
            tries = min(message.receives, _PATIENCE)
            return self.give_back(message, self.policy.delay(tries, jitter=self.jitter))
        except Exception:  # noqa: BLE001 - then it comes back by the queue's own timeout
            return Outcome.RETURN

    def log(self, event: str, message: Message, command: Command | None = None) -> None:
        """One line of the log."""
        self.logger.info(event, extra=delivered(message, command))

    def _fail(
        self,
        message: Message,
        command: Command,
        failure: Failure,
        at: datetime,
        deadline: datetime,
    ) -> None:
        ended = command.failed(failure, now=at, purge_at=at + self.retention)
        try:
            self._finish(ended, token_of(command), deadline)
        except DoesNotFit:
            # A record that is full to the brim has room for a code, but not for a story.
            short = Failure(code=failure.code[:64], message="", retryable=failure.retryable)
            ended = command.failed(short, now=at, purge_at=at + self.retention)
            self._finish(ended, token_of(command), deadline)
        self.log("failed", message, ended)
        dead = {"DeadLetters": 1} if failure.retryable else {}
        self.measure(ended.type, "failed", {**ended_numbers(command, at), **dead})

    def _finish(self, command: Command, token: str, deadline: datetime) -> None:
        """Write the outcome, again and again until it is written or the time is up.

        The work is done: giving up here is what would repeat it.
        """
        pause = 0.05
        while True:
            try:
                return self.store.finish(command, token)
            except (DoesNotFit, LeaseLost):
                raise
            except Exception as error:
                remaining = (deadline - self.clock()).total_seconds()
                if remaining < RESERVE_SECONDS:
                    raise
                details = {"command_id": command.id, **trouble(error)}
                self.logger.warning("outcome not written yet", extra=details)
                self.sleep(self.jitter(0.0, min(pause, remaining / 2)))
                pause *= 2


def token_of(command: Command) -> str:
    """The fencing token that holds the command, empty where nobody does."""
    return command.lease.token if command.lease else ""
