"""Process one message: parse, claim, run, finish."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.context import Context, registered
from command_api.domain.errors import DoesNotFit, LeaseLost, Rejected
from command_api.domain.lifecycle import Verdict
from command_api.domain.message import parse
from command_api.domain.model import Attempt, Command, Failure
from command_api.usecases.attempt import DOES_NOT_FIT, Failed, invalid, run
from command_api.usecases.record import RESERVE_SECONDS, Outcome, Recorder, token_of
from command_api.usecases.report import CommandLogger, delivered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from logging import Logger

    from command_api.domain.context import Handlers
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Submission
    from command_api.domain.ports import CommandStore, MessageQueue, Meter, SecretReader
    from command_api.domain.retry import RetryPolicy
    from command_api.domain.violations import Violation

# How long a lease outlives the function that holds it: the clocks of two workers may differ.
LEASE_GRACE = timedelta(seconds=5)
_HANDLER_GONE = Failure(
    code="unknown_type",
    message="No handler is registered any more for this type of command.",
    retryable=False,
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProcessMessage:
    """Turn one delivered message into one recorded outcome.

    `retention` is how long a finished command stays readable; `check` says what is wrong with an
    input before its handler sees it, also where no door has looked. Errors of the store or the
    queue are the caller's to catch: the message then comes back.
    """

    store: CommandStore
    queue: MessageQueue
    secrets: SecretReader
    handlers: Handlers
    default_type: str
    policy: RetryPolicy
    retention: timedelta
    logger: Logger
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_token: Callable[[], str] = lambda: uuid.uuid4().hex
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]] = lambda *_: ()
    jitter: Callable[[float, float], float] = random.uniform
    sleep: Callable[[float], None] = time.sleep
    measure: Meter = lambda *_: None

    @cached_property
    def recorder(self) -> Recorder:
        """What writes the outcomes."""
        return Recorder(
            store=self.store,
            queue=self.queue,
            policy=self.policy,
            retention=self.retention,
            logger=self.logger,
            clock=self.clock,
            jitter=self.jitter,
            sleep=self.sleep,
            measure=self.measure,
        )

    def __call__(
        self, message: Message, *, deadline: datetime, takes_over: bool = False
    ) -> Outcome:
        """Process a message before `deadline` and say what the queue shall do with it.

        Without `takes_over` a command whose worker died is left alone: SUSPECT.
        """
        try:
            submission = parse(message, known_types=self.handlers, default_type=self.default_type)
            return self._start(message, submission, deadline, takes_over=takes_over)
        except Rejected as rejection:
            from command_api.usecases.reject import reject  # noqa: PLC0415 - most are work

            return reject(self.recorder, message, rejection)
        except LeaseLost:
            # Whoever holds the command now decides; a later delivery finds what came of it.
            self.recorder.log("overtaken by another attempt", message)
            return Outcome.RETURN

    def _start(
        self, message: Message, submission: Submission, deadline: datetime, *, takes_over: bool
    ) -> Outcome:
        handler, now = registered(self.handlers[submission.type]), self.clock()
        if (deadline - now).total_seconds() < RESERVE_SECONDS + handler.min_seconds:
            self.recorder.log("not run: too little time left", message)
            return self.recorder.give_back(message, 0.0)
        attempt = Attempt(
            token=self.new_token(),
            message_id=message.message_id,
            at=now,
            lease_until=deadline + LEASE_GRACE,
            max_attempts=handler.policy(self.policy).max_attempts,
            takes_over=takes_over,
        )
        try:
            command, claimed = self.store.claim(submission, attempt)
        except DoesNotFit:
            raise Rejected("The input is too large to be stored.", code="input_too_large") from None
        # A write that was retried after its answer got lost is refused by its own success.
        if claimed or token_of(command) == attempt.token:
            return self._run(message, command, deadline)
        verdict = lifecycle.verdict_on(message, command, now=now)
        if verdict is Verdict.TAKE_OVER:
            return Outcome.SUSPECT
        if verdict is Verdict.RESTART:
            restarted = lifecycle.restarted(command, submission, attempt)
            self.store.replace(command, restarted)
            return self._run(message, restarted, deadline)
        if verdict is Verdict.BURY:
            return self.recorder.bury(message, command, deadline)
        return self._stand_back(message, command, verdict, now)

    def _stand_back(
        self, message: Message, command: Command, verdict: Verdict, now: datetime
    ) -> Outcome:
        self.recorder.log(f"not run: {verdict.name.lower()}", message, command)
        if verdict is Verdict.DUPLICATE:
            return Outcome.ACKNOWLEDGE
        if verdict is Verdict.DEAD:
            return self.recorder.condemn(message)
        wait = lifecycle.wait_for(command, now=now) if verdict is Verdict.WAIT else 0.0
        return self.recorder.give_back(message, wait)

    def _run(self, message: Message, command: Command, deadline: datetime) -> Outcome:
        # What was submitted first is what runs, even where this message asks for another type.
        found = self.handlers.get(command.type)
        if found is None:
            gone = Failed(_HANDLER_GONE)
            return self.recorder.conclude(message, command, gone, self.policy, deadline)
        handler, token = registered(found), token_of(command)
        policy = handler.policy(self.policy)
        # What was stored is what would run, so that is what is checked, and not the message.
        if violations := self.check(command.type, command.input):
            return self.recorder.conclude(message, command, invalid(violations), policy, deadline)
        context = Context(
            command=command,
            deadline=deadline,
            logger=CommandLogger(self.logger, delivered(message, command)),
            secrets=self.secrets,
            clock=self.clock,
            remember=lambda name, result: self.store.record_step(command.id, token, name, result),
            correlation_id=message.correlation_id or command.correlation_id,
        )
        outcome = run(handler.handle, context)
        if not isinstance(outcome, Failed):
            if self.recorder.complete(message, command, outcome.result, deadline):
                return Outcome.ACKNOWLEDGE
            outcome = Failed(DOES_NOT_FIT)
        return self.recorder.conclude(message, command, outcome, policy, deadline)
