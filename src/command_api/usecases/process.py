"""Process one message: parse, claim, run, finish."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.context import Context
from command_api.domain.errors import DoesNotFit, LeaseLost, Rejected
from command_api.domain.lifecycle import Verdict
from command_api.domain.message import parse
from command_api.domain.model import Attempt, Command, Failure, Status
from command_api.usecases.attempt import DOES_NOT_FIT, Failed, run
from command_api.usecases.report import CommandLogger, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from logging import Logger

    from command_api.domain.context import Handler
    from command_api.domain.lifecycle import RetryPolicy
    from command_api.domain.message import Message
    from command_api.domain.model import Submission
    from command_api.domain.ports import CommandStore, MessageQueue, SecretReader

# How long a lease outlives the function that holds it: the clocks of two workers may differ.
LEASE_GRACE = timedelta(seconds=5)


class Outcome(Enum):
    """What happens to the message afterwards."""

    ACKNOWLEDGE = auto()
    RETURN = auto()


def _now() -> datetime:
    return datetime.now(UTC)


def _token() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, kw_only=True)
class ProcessMessage:
    """Turn one delivered message into one recorded outcome.

    `retention` is how long a finished command stays readable. Errors of the store or the queue
    are the caller's to catch: the message then comes back by the queue's own timeout.
    """

    store: CommandStore
    queue: MessageQueue
    secrets: SecretReader
    handlers: Mapping[str, Handler]
    default_type: str
    policy: RetryPolicy
    retention: timedelta
    logger: Logger
    clock: Callable[[], datetime] = _now
    new_token: Callable[[], str] = _token
    jitter: Callable[[float, float], float] = random.uniform

    def __call__(self, message: Message, *, deadline: datetime) -> Outcome:
        """Process a message before `deadline` and say what the queue shall do with it."""
        try:
            submission = parse(message, known_types=self.handlers, default_type=self.default_type)
            return self._claim(message, submission, deadline)
        except Rejected as rejection:
            return self._reject(message, rejection)
        except DoesNotFit:
            return self._reject(
                message, Rejected("The input is too large to be stored.", code="input_too_large")
            )
        except LeaseLost:
            # Whoever holds the command now decides; a later delivery finds what came of it.
            self._log("overtaken by another attempt", message)
            return Outcome.RETURN

    def _claim(self, message: Message, submission: Submission, deadline: datetime) -> Outcome:
        attempt = Attempt(
            token=self.new_token(),
            message_id=message.message_id,
            at=self.clock(),
            lease_until=deadline + LEASE_GRACE,
            max_attempts=self.policy.max_attempts,
        )
        command, claimed = self.store.claim(submission, attempt)
        if claimed:
            return self._run(message, command, deadline)
        verdict = lifecycle.verdict(command, message.message_id, now=attempt.at)
        if verdict is Verdict.TAKE_OVER:
            command, claimed = self.store.claim(submission, replace(attempt, takes_over=True))
            return self._run(message, command, deadline) if claimed else self._return(message, 0.0)
        if verdict is Verdict.RESTART:
            restarted = lifecycle.restarted(command, submission, attempt)
            self.store.replace(command, restarted)
            return self._run(message, restarted, deadline)
        if verdict is Verdict.BURY:
            return self._conclude(message, command, Failed(lifecycle.WORKER_LOST))
        self._log(f"not run: {verdict.name.lower()}", message, command)
        if verdict is Verdict.DUPLICATE:
            return Outcome.ACKNOWLEDGE
        wait = 0.0
        if verdict is Verdict.WAIT and command.lease is not None:
            wait = (command.lease.expires_at - attempt.at).total_seconds() + 1
        return self._return(message, wait)

    def _run(self, message: Message, command: Command, deadline: datetime) -> Outcome:
        token = _held(command)
        context = Context(
            command=command,
            deadline=deadline,
            logger=CommandLogger(self.logger, describe(command.id, command)),
            secrets=self.secrets,
            clock=self.clock,
            remember=lambda name, result: self.store.record_step(command.id, token, name, result),
        )
        outcome = run(self.handlers[command.type], context)
        if isinstance(outcome, Failed):
            return self._conclude(message, command, outcome)
        now = self.clock()
        done = command.completed(outcome.result, now=now, purge_at=now + self.retention)
        try:
            self.store.finish(done, token)
        except DoesNotFit:
            return self._conclude(message, command, Failed(DOES_NOT_FIT))
        self._log("completed", message, done)
        return Outcome.ACKNOWLEDGE

    def _conclude(self, message: Message, command: Command, failed: Failed) -> Outcome:
        """Record a failed attempt: for good, until a redrive, or until the next attempt."""
        failure, now = failed.failure, self.clock()
        if failure.retryable and not command.on_last_attempt:
            after = command.released(failure, now=now)
            delay = self.policy.delay(command.attempts, jitter=self.jitter)
            delay = delay if failed.after is None else failed.after
        else:
            after = command.failed(failure, now=now, purge_at=now + self.retention)
            delay = 0.0
        self.store.finish(after, _held(command))
        self._log("failed" if after.status.terminal else "will be tried again", message, after)
        return self._return(message, delay) if failure.retryable else Outcome.ACKNOWLEDGE

    def _reject(self, message: Message, rejection: Rejected) -> Outcome:
        """Record a message that can never become work, unless its id is known already."""
        now = self.clock()
        command = Command(
            id=message.key,
            type="",
            input={},
            status=Status.PENDING,
            created_at=message.sent_at,
            updated_at=now,
            message_id=message.message_id,
        ).failed(
            Failure(code=rejection.code, message=rejection.message, retryable=False),
            now=now,
            purge_at=now + self.retention,
        )
        recorded = self.store.record(command)
        self._log("rejected" if recorded else "rejected, but its id is taken", message, command)
        return Outcome.ACKNOWLEDGE

    def _return(self, message: Message, seconds: float) -> Outcome:
        self.queue.delay(message.receipt_handle, seconds)
        return Outcome.RETURN

    def _log(self, event: str, message: Message, command: Command | None = None) -> None:
        extra = {"message_id": message.message_id, **describe(message.key, command)}
        self.logger.info(event, extra=extra)


def _held(command: Command) -> str:
    return command.lease.token if command.lease else ""
