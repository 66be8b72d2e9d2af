"""The life of one message in the worker: parse, claim, run, decide, apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.context import Context, registered
from command_api.domain.decision import (
    Decision,
    NotClaimed,
    Raised,
    Returned,
    Then,
    Troubled,
    Unreadable,
    decide,
    unreadable_under_known_id,
)
from command_api.domain.errors import DoesNotFit, LeaseLost, Rejected, Unavailable
from command_api.domain.lifecycle import in_time, scheduled
from command_api.domain.message import UNKNOWN_TYPE, parse
from command_api.domain.model import Attempt, Failure, Status
from command_api.domain.timing import LONGEST_DELAY, unreachable
from command_api.usecases.report import CommandLogger, delivered, numbers, trouble
from command_api.usecases.run import DOES_NOT_FIT, invalid_input, invalid_result, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from command_api.domain.context import Registered
    from command_api.domain.decision import Happening
    from command_api.domain.effects import Effect
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Claim, Command, Progress, Step, Submission
    from command_api.domain.retry import RetryPolicy
    from command_api.usecases.runtime import Runtime

# How long a lease outlives the function that holds it: the clocks of two workers may differ.
LEASE_GRACE = timedelta(seconds=5)
# What an attempt needs besides its handler: its writes, and their retries in a bad hour.
RESERVE_SECONDS = 1.0
_EXPIRED = Failure(
    code="expired", message="The command expired before it started.", retryable=False
)
_TOO_LARGE = "The command is too large to start more than 15 minutes ahead; pass a reference."


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
        return _Delivery(self.runtime, message, deadline, alone=alone).process()

    def give_up(self, message: Message, reason: str) -> Then:
        """Return a message that nothing could be done for."""
        now = self.runtime.clock()
        return _Delivery(self.runtime, message, now).conclude(None, Troubled(reason))


@dataclass(slots=True, eq=False, repr=False)
class _Delivery:
    runtime: Runtime
    message: Message
    deadline: datetime
    alone: bool = False
    # What was decided, once the handler has committed it.
    committed: Decision | None = None

    def process(self) -> Then:
        try:
            submission = parse(self.message, default_type=self.runtime.default_type)
        except Rejected as error:
            failure = Failure(code=error.code, message=error.message, retryable=False)
            return self.conclude(None, Unreadable(failure))
        return self._hold(submission) if self._holds(submission) else self._execute(submission)

    def _execute(self, submission: Submission) -> Then:
        handler = registered(self.runtime.handlers.get(submission.type, _no_handler))
        if not self._time_for(handler):
            return self.conclude(None, Troubled("not enough time left"))
        policy = handler.policy(self.runtime.policy)
        try:
            attempt = self._attempt(policy)
            claim = self.runtime.store.claim(submission, attempt)
            if not claim.won:
                decision = self._decide(claim.command, NotClaimed(submission, attempt), policy)
                if decision.then is not Then.RUN or decision.command is None:
                    return self._apply(claim.command, decision)
                self.runtime.store.replace(claim.command, decision.command)
                claim = claim._replace(command=decision.command)
            happened = self._run(submission, claim, handler, policy)
            if self.committed is not None:
                return self._settle(claim.command, self.committed)
            return self.conclude(claim.command, happened, policy)
        except LeaseLost:
            # Whoever holds the command now decides; a later delivery finds what came of it.
            return self.conclude(None, Troubled("lease lost"))

    def _holds(self, submission: Submission) -> bool:
        """Whether the message came before its time, and its command waits for that.

        The first message of a command writes it down, so that clients can see and cancel it.
        """
        runtime, now = self.runtime, self.runtime.clock()
        early = submission.timing.not_before is not None and submission.timing.not_before > now
        if not early or self._out_of_time(submission):
            return False
        if self.message.copy_of and not self._is_far(submission):
            return True
        if self._waits(submission):
            return True
        if runtime.schedules is not None and self._is_far(submission):
            # This message may have been scheduled by a worker that died, and cancelled since.
            runtime.schedules.delete(submission.id)
        return False

    def _waits(self, submission: Submission) -> bool:
        """Whether the command, which is written down now if it is new, waits for its time."""
        runtime, now = self.runtime, self.runtime.clock()
        wanted = scheduled(submission, now=now, life=runtime.message_life)
        known = runtime.store.schedule(wanted)
        # What has started has had its time: a redriven message names a delay that is over.
        unstarted = known.status is Status.PENDING and known.attempts == 0
        return unstarted and not in_time(known, now=now)

    def _hold(self, submission: Submission) -> Then:
        """Replace a message by one that comes later: a delayed copy, which is not in flight, or
        that of a schedule.
        """
        at, schedules = submission.timing.not_before, self.runtime.schedules
        if at is not None and schedules is not None and self._is_far(submission):
            schedules.create(self.message, at)
            # Whoever cancels the command writes that first, and then deletes the schedule.
            if not self._waits(submission):
                schedules.delete(submission.id)
        else:
            wait = (at or self.runtime.clock()) - self.runtime.clock()
            self.runtime.queue.copy(self.message, min(wait, LONGEST_DELAY).total_seconds())
        self.runtime.queue.delete([self.message])
        self._tell(Decision(then=Then.ACKNOWLEDGE, event="held"), None)
        return Then.ACKNOWLEDGE

    def _is_far(self, submission: Submission) -> bool:
        at = submission.timing.not_before
        return at is not None and at - self.runtime.clock() > LONGEST_DELAY

    def _out_of_time(self, submission: Submission) -> Failure | None:
        """Why a command is not started at all: too late, or too far ahead to be waited for."""
        runtime, now, timing = self.runtime, self.runtime.clock(), submission.timing
        if timing.expires_at is not None and timing.expires_at <= now:
            return _EXPIRED
        # By this clock, what was the longest time ahead may be a little more.
        since = max(self.message.sent_at, now)
        if unfit := unreachable(timing, now=since, reach=runtime.reach):
            text = f"`{unfit.path[0]}` {unfit.detail}."
            return Failure(code="schedule_unsupported", message=text, retryable=False)
        far, schedules = self._is_far(submission), runtime.schedules
        if far and schedules is not None and not schedules.takes(self.message):
            return Failure(code="schedule_too_large", message=_TOO_LARGE, retryable=False)
        return None

    def _attempt(self, policy: RetryPolicy) -> Attempt:
        now = self.runtime.clock()
        return Attempt(
            token=self.runtime.new_token(),
            message_id=self.message.identity,
            at=now,
            waits_until=now + self.runtime.message_life,
            lease_until=self.deadline + LEASE_GRACE,
            max_attempts=policy.max_attempts,
            takes_over=self.alone,
        )

    def _unfit(
        self, submission: Submission, claim: Claim, handler: Registered
    ) -> Raised | Troubled | None:
        """What stands against a run: no handler, no time, or a bad input."""
        if handler.handle is _no_handler:
            # What an entry point has stored, it knew: a newer release will run it.
            return Raised(Failure(code="unknown_type", message=UNKNOWN_TYPE, retryable=claim.known))
        if not self._time_for(handler):
            return Troubled("not enough time left")
        if failure := self._out_of_time(submission):
            return Raised(failure)
        violations = self.runtime.check(submission.type, submission.input)
        return invalid_input(violations) if violations else None

    def _run(
        self, submission: Submission, claim: Claim, handler: Registered, policy: RetryPolicy
    ) -> Happening:
        """What the handler does; nothing where something stands against it."""
        if unfit := self._unfit(submission, claim, handler):
            return unfit
        command, store_step = claim.command, self.runtime.store.record_step
        check_result = self.runtime.check_result

        def remember(name: str, step: Step) -> None:
            self._persist(lambda: store_step(command.id, token_of(command), name, step))

        def complete(result: JSON, effects: Sequence[Effect]) -> None:
            if violations := check_result(submission.type, result):
                broken = invalid_result(violations).failure
                raise Rejected(broken.message, code=broken.code)
            decision = self._decide(command, Returned(result), policy)
            done, commit = decision.command or command, self.runtime.store.commit
            self._persist(lambda: commit(done, token_of(command), effects))
            self.committed = decision

        def report(progress: Progress) -> None:
            try:
                self.runtime.store.record_progress(command.id, token_of(command), progress)
            except Exception as error:  # noqa: BLE001 - the work goes on, whatever it is
                self.runtime.logger.warning("progress not stored", extra=trouble(error))

        context = Context(
            command=command,
            deadline=self.deadline,
            logger=CommandLogger(self.runtime.logger, delivered(self.message, command)),
            secrets=self.runtime.secrets,
            clock=self.runtime.clock,
            remember=remember,
            complete=complete,
            report=report,
            correlation_id=self.message.correlation_id or command.correlation_id,
        )
        told = self.runtime.log_exception_text
        happened = run(handler.handle, submission.input, context, log_text=told)
        # A result that is committed was checked before it was written.
        if isinstance(happened, Returned) and self.committed is None:
            violations = check_result(submission.type, happened.result)
            return invalid_result(violations) if violations else happened
        return happened

    def conclude(
        self, stored: Command | None, happened: Happening, policy: RetryPolicy | None = None
    ) -> Then:
        """Decide and apply, and decide anew where a result cannot be stored."""
        try:
            return self._apply(stored, self._decide(stored, happened, policy))
        except DoesNotFit:
            if not isinstance(happened, Returned):
                raise
            return self.conclude(stored, Raised(DOES_NOT_FIT), policy)

    def _decide(
        self, stored: Command | None, happened: Happening, policy: RetryPolicy | None
    ) -> Decision:
        return decide(stored, happened, self.message, self.runtime.terms(policy))

    def _apply(self, stored: Command | None, decision: Decision) -> Then:
        """Write what was decided, and settle the message."""
        store, command = self.runtime.store, decision.command
        if command is not None and stored is not None:
            token = token_of(stored)
            self._persist(lambda: store.finish(command, token))
        elif command is not None and not store.record(command):
            decision = unreadable_under_known_id(store.get(command.id))
        return self._settle(stored, decision)

    def _settle(self, stored: Command | None, decision: Decision) -> Then:
        """Tell the queue what was written, log and measure."""
        queue = self.runtime.queue
        self._tell(decision, stored)
        if decision.then is Then.DEAD_LETTER:
            queue.dead_letter(self.message)
        elif decision.then is Then.RETURN:
            queue.delay(self.message.receipt_handle, decision.delay)
        return decision.then

    def _tell(self, decision: Decision, stored: Command | None) -> None:
        command = decision.command or stored
        fields = delivered(self.message, command)
        if decision.reason:
            fields["reason"] = decision.reason
        # A type that nobody registered is the client's word: no log and no dimension has it.
        known = command is not None and command.type in self.runtime.handlers
        if not known:
            fields.pop("command_type", None)
        self.runtime.logger.info(decision.event, extra=fields)
        if decision.outcome and command is not None:
            counts = numbers(decision, stored or command)
            self.runtime.measure(command.type if known else "", decision.outcome, counts)

    def _time_for(self, handler: Registered) -> bool:
        left = (self.deadline - self.runtime.clock()).total_seconds()
        return left >= RESERVE_SECONDS + handler.min_seconds

    def _persist(self, write: Callable[[], None]) -> None:
        """Write again and again until it is written or the time is up, where that can help.

        The work is done: giving up here is what would repeat it.
        """
        pause = 0.05
        while True:
            try:
                return write()
            except (Unavailable, OSError) as error:
                remaining = (self.deadline - self.runtime.clock()).total_seconds()
                if remaining < RESERVE_SECONDS:
                    raise
                self.runtime.logger.warning("write failed, retrying", extra=trouble(error))
                self.runtime.sleep(min(pause, remaining / 2) * self.runtime.spread())
                pause *= 2


def _no_handler(_input: object, _context: Context) -> None:
    """What stands for a type that no handler is registered for."""


def token_of(command: Command) -> str:
    """The fencing token that holds the command, empty where nobody does."""
    return command.lease.token if command.lease else ""
