"""The life of one message in the worker: parse, claim, run, decide, apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.context import Context, registered
from command_api.domain.decision import (
    NotClaimed,
    Raised,
    Returned,
    Then,
    Troubled,
    Unreadable,
    decide,
)
from command_api.domain.errors import DoesNotFit, LeaseLost, Rejected, Unavailable
from command_api.domain.message import parse
from command_api.domain.model import Attempt, Failure
from command_api.usecases.report import CommandLogger, delivered, numbers, trouble
from command_api.usecases.run import DOES_NOT_FIT, invalid, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from command_api.domain.context import Registered
    from command_api.domain.decision import Decision, Happening
    from command_api.domain.message import Message
    from command_api.domain.model import Claim, Command, Step, Submission
    from command_api.domain.retry import RetryPolicy
    from command_api.usecases.runtime import Runtime

# How long a lease outlives the function that holds it: the clocks of two workers may differ.
LEASE_GRACE = timedelta(seconds=5)
# What an attempt needs besides its handler: its writes, and their retries in a bad hour.
RESERVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ProcessMessage:
    """Turn one delivered message into one recorded outcome.

    Errors of the store or the queue are the caller's to catch: the message then comes back.
    """

    runtime: Runtime

    def __call__(self, message: Message, *, deadline: datetime, alone: bool = False) -> Then:
        """Process a message before `deadline`, and say what happened to it.

        A command whose worker died runs only where it is `alone`; otherwise RUN_ALONE asks for it.
        """
        try:
            submission = parse(message, default_type=self.runtime.default_type)
        except Rejected as error:
            failure = Failure(code=error.code, message=error.message, retryable=False)
            return self._conclude(message, None, Unreadable(failure), deadline)
        handler = self._handler(submission)
        if not self._time_for(handler, deadline):
            return self._conclude(message, None, Troubled("too little time left"), deadline)
        policy = handler.policy(self.runtime.policy) if handler else self.runtime.policy
        try:
            claim = self._claim(message, submission, policy, deadline, alone=alone)
            if isinstance(claim, Then):
                return claim
            happened = self._run(message, submission, claim, handler, deadline)
            return self._conclude(message, claim.command, happened, deadline, policy)
        except LeaseLost:
            # Whoever holds the command now decides; a later delivery finds what came of it.
            return self.give_up(message, "lease lost")

    def _handler(self, submission: Submission) -> Registered | None:
        found = self.runtime.handlers.get(submission.type)
        return registered(found) if found else None

    def _time_for(self, handler: Registered | None, deadline: datetime) -> bool:
        needed = RESERVE_SECONDS + (handler.min_seconds if handler else 0)
        return (deadline - self.runtime.clock()).total_seconds() >= needed

    def _claim(
        self,
        message: Message,
        submission: Submission,
        policy: RetryPolicy,
        deadline: datetime,
        *,
        alone: bool,
    ) -> Claim | Then:
        """The claimed command, or what became of the message instead."""
        attempt = Attempt(
            token=self.runtime.new_token(),
            message_id=message.identity,
            at=self.runtime.clock(),
            lease_until=deadline + LEASE_GRACE,
            max_attempts=policy.max_attempts,
            takes_over=alone,
        )
        claim = self.runtime.store.claim(submission, attempt)
        if claim.won:
            return claim
        happened = NotClaimed(submission, attempt)
        decision = decide(claim.command, happened, message, self.runtime.terms(policy))
        if decision.then is not Then.RUN or decision.command is None:
            return self._apply(message, claim.command, decision, deadline)
        self.runtime.store.replace(claim.command, decision.command)
        return claim._replace(command=decision.command)

    def _run(
        self,
        message: Message,
        submission: Submission,
        claim: Claim,
        handler: Registered | None,
        deadline: datetime,
    ) -> Happening:
        command = claim.command
        if handler is None:
            # What an entry point has stored, it knew: a newer release will run it.
            text = "No handler is registered for this type of command."
            return Raised(Failure(code="unknown_type", message=text, retryable=claim.known))
        if not self._time_for(handler, deadline):
            return Troubled("too little time left")
        if violations := self.runtime.check(submission.type, submission.input):
            return invalid(violations)

        def remember(name: str, step: Step) -> None:
            store = self.runtime.store.record_step
            self._persist(lambda: store(command.id, token_of(command), name, step), deadline)

        context = Context(
            command=command,
            deadline=deadline,
            logger=CommandLogger(self.runtime.logger, delivered(message, command)),
            secrets=self.runtime.secrets,
            clock=self.runtime.clock,
            remember=remember,
            correlation_id=message.correlation_id or command.correlation_id,
        )
        return run(handler.handle, submission.input, context)

    def _conclude(
        self,
        message: Message,
        stored: Command | None,
        happened: Happening,
        deadline: datetime,
        policy: RetryPolicy | None = None,
    ) -> Then:
        """Decide and apply, and decide anew where a result cannot be stored."""
        decision = decide(stored, happened, message, self.runtime.terms(policy))
        try:
            return self._apply(message, stored, decision, deadline)
        except DoesNotFit:
            if not isinstance(happened, Returned):
                raise
            return self._conclude(message, stored, Raised(DOES_NOT_FIT), deadline, policy)

    def _apply(
        self, message: Message, stored: Command | None, decision: Decision, deadline: datetime
    ) -> Then:
        """Write what was decided, tell the queue, log and measure."""
        store, command = self.runtime.store, decision.command
        if command is not None and stored is not None:
            token = token_of(stored)
            self._persist(lambda: store.finish(command, token), deadline)
        elif command is not None and not store.record(command):
            self._log("dropped", message, command=None, reason="the id stands for other work")
            return Then.ACKNOWLEDGE
        self._log(decision.event, message, command or stored, decision.reason)
        if decision.outcome and command is not None:
            counted = command.type if command.type in self.runtime.handlers else ""
            counts = numbers(decision, stored or command)
            self.runtime.measure(counted, decision.outcome, counts)
        if decision.then is Then.DEAD_LETTER:
            self.runtime.queue.dead_letter(message)
        elif decision.then is Then.RETURN:
            self.runtime.queue.delay(message.receipt_handle, decision.delay)
        return decision.then

    def give_up(self, message: Message, reason: str) -> Then:
        """Return a message that nothing could be done for."""
        decision = decide(None, Troubled(reason), message, self.runtime.terms())
        return self._apply(message, None, decision, self.runtime.clock())

    def _persist(self, write: Callable[[], None], deadline: datetime) -> None:
        """Write again and again until it is written or the time is up, where that can help.

        The work is done: giving up here is what would repeat it.
        """
        pause = 0.05
        while True:
            try:
                return write()
            except (Unavailable, OSError) as error:
                remaining = (deadline - self.runtime.clock()).total_seconds()
                if remaining < RESERVE_SECONDS:
                    raise
                self.runtime.logger.warning("not written yet", extra=trouble(error))
                self.runtime.sleep(min(pause, remaining / 2) * self.runtime.spread())
                pause *= 2

    def _log(
        self, event: str, message: Message, command: Command | None = None, reason: str = ""
    ) -> None:
        why = {"reason": reason} if reason else {}
        self.runtime.logger.info(event, extra={**delivered(message, command), **why})


def token_of(command: Command) -> str:
    """The fencing token that holds the command, empty where nobody does."""
    return command.lease.token if command.lease else ""
