"""The life of one message in the worker: parse, claim, run, decide, apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.context import Context, registered
from command_api.domain.decision import (
    Continued,
    Decision,
    HandedOver,
    NotClaimed,
    Raised,
    Returned,
    Stopped,
    Then,
    Troubled,
    Unreadable,
    decide,
    not_due,
    unreadable_under_known_id,
)
from command_api.domain.errors import CancelRequested, DoesNotFit, LeaseLost, Rejected, Unavailable
from command_api.domain.message import UNKNOWN_TYPE, parse
from command_api.domain.model import Attempt, Failure
from command_api.domain.timing import LONGEST_DELAY
from command_api.usecases.hold import Hold
from command_api.usecases.persist import RESERVE_SECONDS, persist
from command_api.usecases.report import CommandLogger, delivered, numbers, trouble
from command_api.usecases.run import (
    DOES_NOT_FIT,
    STATE_DOES_NOT_FIT,
    invalid_input,
    invalid_result,
    run,
    run_many,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from command_api.domain.context import Registered
    from command_api.domain.decision import Happening
    from command_api.domain.effects import Effect
    from command_api.domain.hand_over import HandOver
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Claim, Command, Progress, Step, Submission
    from command_api.domain.retry import RetryPolicy
    from command_api.usecases.runtime import Runtime

# How long a lease outlives the function that holds it: the clocks of two workers may differ.
LEASE_GRACE = timedelta(seconds=5)


class Ready(NamedTuple):
    """A claimed command whose handler may run."""

    submission: Submission
    command: Command
    handler: Registered
    policy: RetryPolicy
    context: Context


@dataclass(slots=True, eq=False, repr=False)
class Delivery:
    """One message on its way through one worker."""

    runtime: Runtime
    message: Message
    deadline: datetime
    alone: bool = False
    # What may run, once the command is claimed.
    ready: Ready | None = None
    # What was decided, once the handler has committed it.
    committed: Decision | None = None
    # Who reports on the command, once the handler has handed it over.
    handed_over: HandOver | None = None
    # The handler's `on_cancel`, where it has one.
    clean_up: Callable[[], object] = lambda: None

    def process(self) -> Then:
        """From the message to its recorded outcome."""
        ready = self.begin()
        return ready if isinstance(ready, Then) else self.run(ready)

    @property
    def command_type(self) -> str:
        """The type of the claimed command."""
        return self.ready.submission.type if self.ready else ""

    def begin(self) -> Then | Ready:
        """Claim the command; what became of the message where there is nothing to run."""
        if early := not_due(self.message, now=self.runtime.clock()):
            return self._settle(None, early)
        try:
            submission = parse(self.message, default_type=self.runtime.default_type)
        except Rejected as error:
            failure = Failure(code=error.code, message=error.message, retryable=False)
            return self.conclude(None, Unreadable(failure))
        if self._hold_back.holds(submission):
            return self._hold(submission)
        try:
            return self._claim(submission)
        except LeaseLost:
            return self.overtaken()

    def run(self, ready: Ready) -> Then:
        """Run the handler on this command alone, and record the outcome."""
        told, many = self.runtime.log_exception_text, ready.handler.handle_many
        command_input, context = ready.submission.input, ready.context
        if many is not None:
            (happened,) = run_many(many, [command_input], [context], log_text=told)
            return self.end(happened)
        try:
            happened = run(ready.handler.handle, command_input, context, log_text=told)
        except LeaseLost:
            happened = None
        return self.end(happened)

    def end(self, happened: Happening | None) -> Then:
        """Record what a handler did; None where another attempt has taken the command over."""
        ready = self.ready
        if happened is None or ready is None:
            return self.overtaken()
        try:
            if isinstance(happened, Stopped):
                self.clean_up()
            if self.committed is not None:
                return self._settle(ready.command, self.committed)
            if isinstance(happened, Returned) and self.handed_over is not None:
                happened = HandedOver(self.handed_over)
            elif isinstance(happened, Returned):
                violations = self.runtime.check_result(ready.submission.type, happened.result)
                happened = invalid_result(violations) if violations else happened
            return self.conclude(ready.command, happened, ready.policy)
        except LeaseLost:
            return self.overtaken()

    def overtaken(self) -> Then:
        """Whoever holds the command now decides; a later delivery finds what came of it."""
        return self.conclude(None, Troubled("lease lost"))

    def _claim(self, submission: Submission) -> Then | Ready:
        handler = registered(self.runtime.handlers.get(submission.type, _no_handler))
        if (then := self._put_off(handler)) is not None:
            return then
        policy = handler.policy(self.runtime.policy)
        attempt = self._attempt(policy)
        claim = self.runtime.store.claim(submission, attempt)
        if not claim.won:
            decision = self._decide(claim.command, NotClaimed(submission, attempt), policy)
            if decision.then is not Then.RUN or decision.command is None:
                if decision.outcome == "cancelled":
                    # Its worker died before it could do so.
                    self._context(submission, claim.command, handler, policy)
                    self.clean_up()
                return self._apply(claim.command, decision)
            self.runtime.store.replace(claim.command, decision.command)
            claim = claim._replace(command=decision.command)
        if unfit := self._unfit(submission, claim, handler):
            return self.conclude(claim.command, unfit, policy)
        try:
            context = self._context(submission, claim.command, handler, policy)
        except (Unavailable, OSError):
            return self.conclude(claim.command, Troubled("state unavailable"), policy)
        self.ready = Ready(submission, claim.command, handler, policy, context)
        return self.ready

    def _hold(self, submission: Submission) -> Then:
        self._hold_back.put_aside(submission)
        self._tell(Decision(then=Then.ACKNOWLEDGE, event="held"), None)
        return Then.ACKNOWLEDGE

    @property
    def _hold_back(self) -> Hold:
        return Hold(self.runtime, self.message)

    def _put_off(self, handler: Registered) -> Then | None:
        """What becomes of a message that cannot run here and now; None where it can."""
        if (queue := self.runtime.queues.elsewhere(handler.queue)) is not None:
            self._hold_back.move(queue)
            return Then.ACKNOWLEDGE
        if not self.time_for(handler):
            return self.conclude(None, Troubled("not enough time left"))
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
            slices=self.message.slices,
            takes_over=self.alone,
        )

    def _context(
        self, submission: Submission, command: Command, handler: Registered, policy: RetryPolicy
    ) -> Context:
        """What the handler is given, and its `on_cancel`."""
        store_step, check_result = self.runtime.store.record_step, self.runtime.check_result

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

        def report(progress: Progress) -> bool:
            record = self.runtime.store.record_progress
            told = partial(record, command.id, token_of(command), progress)
            return self._if_possible(told, "progress not stored")

        def look() -> bool:
            asked = partial(self.runtime.store.cancel_requested, command.id, token_of(command))
            return self._if_possible(asked, "cancellation not read")

        def give(timeout: timedelta, retry: bool) -> str:  # noqa: FBT001 - as Context calls it
            from command_api.usecases.hand_over import give  # noqa: PLC0415 - few handlers do

            token, given = give(self.runtime, command, policy, timeout, retry=retry)
            write = self.runtime.store.hand_over
            self._persist(lambda: write(command.handed(given), token_of(command)))
            self.handed_over = given
            return token

        context = Context(
            command=command,
            deadline=self.deadline,
            logger=CommandLogger(self.runtime.logger, delivered(self.message, command)),
            secrets=self.runtime.secrets,
            clock=self.runtime.clock,
            remember=remember,
            complete=complete,
            report=report,
            look=look,
            give=give,
            state=self.runtime.store.load_state(command) if command.slices else None,
            correlation_id=self.message.correlation_id or command.correlation_id,
        )
        self.clean_up = partial(self._clean_up, handler, submission, context)
        return context

    def _if_possible(self, asks_to_stop: Callable[[], bool], trouble_is: str) -> bool:
        try:
            return asks_to_stop()
        except Exception as error:  # noqa: BLE001 - the work goes on, whatever it is
            self.runtime.logger.warning(trouble_is, extra=trouble(error))
            return False

    def _clean_up(self, handler: Registered, submission: Submission, context: Context) -> None:
        if handler.on_cancel is None:
            return
        told = self.runtime.log_exception_text
        happened = run(handler.on_cancel, submission.input, context, log_text=told)
        if not isinstance(happened, Returned):
            context.logger.warning("on_cancel failed")

    def _unfit(
        self, submission: Submission, claim: Claim, handler: Registered
    ) -> Raised | Troubled | None:
        if handler.handle is _no_handler:
            # What an entry point has stored, it knew: a newer release will run it.
            return Raised(Failure(code="unknown_type", message=UNKNOWN_TYPE, retryable=claim.known))
        if not self.time_for(handler):
            return Troubled("not enough time left")
        # What has begun is not stopped between two slices.
        failure = None if claim.command.slices else self._hold_back.out_of_time(submission)
        if failure is not None:
            return Raised(failure)
        violations = self.runtime.check(submission.type, submission.input)
        if violations or not self.message.schedule:
            return invalid_input(violations) if violations else None
        from command_api.usecases.overlap import overlapping  # noqa: PLC0415 - few skip runs

        return overlapping(self.runtime, self.message.schedule, claim.command)

    def conclude(
        self, stored: Command | None, happened: Happening, policy: RetryPolicy | None = None
    ) -> Then:
        """Decide and apply, and decide anew where a result or a state cannot be stored."""
        try:
            return self._apply(stored, self._decide(stored, happened, policy))
        except DoesNotFit:
            if not isinstance(happened, Returned | Continued):
                raise
            unfit = DOES_NOT_FIT if isinstance(happened, Returned) else STATE_DOES_NOT_FIT
            return self.conclude(stored, Raised(unfit), policy)

    def _decide(
        self, stored: Command | None, happened: Happening, policy: RetryPolicy | None
    ) -> Decision:
        return decide(stored, happened, self.message, self.runtime.terms(policy))

    def _apply(self, stored: Command | None, decision: Decision) -> Then:
        """Write what was decided, and settle the message."""
        store, command = self.runtime.store, decision.command
        if command is not None and stored is not None:
            token = token_of(stored)
            write = store.hand_over if decision.then is Then.WATCH else store.finish
            try:
                self._persist(lambda: write(command, token))
            except CancelRequested:
                self.clean_up()
                return self.conclude(stored, Stopped())
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
        elif decision.then is Then.WATCH:
            # Each copy has the queue's whole retention; none is in flight, where room is short.
            return self._replace(replace(self.message, not_before=None), decision.delay)
        elif decision.then is Then.CONTINUE and decision.command is not None:
            return self._continue(decision.command.slices, decision.delay)
        return decision.then

    def _continue(self, slices: int, delay: float) -> Then:
        """Send the message for the next slice, and delete this one.

        A new message has the queue's whole retention and no receives. On a FIFO queue it would lose
        its place: there this one comes back, and its group waits behind it.
        """
        if self.runtime.fifo:
            self.runtime.queue.delay(self.message.receipt_handle, delay)
            return Then.RETURN
        far = delay > LONGEST_DELAY.total_seconds()
        not_before = self.runtime.clock() + timedelta(seconds=delay) if far else None
        return self._replace(self.message.for_slice(slices, not_before=not_before), delay)

    def _replace(self, following: Message, delay: float) -> Then:
        """Send a copy that arrives after the delay, 15 minutes at most, and delete this message."""
        queue, message = self.runtime.queue, self.message
        queue.copy(following, min(delay, LONGEST_DELAY.total_seconds()))
        try:
            queue.delete([message])
        except Exception as error:  # noqa: BLE001 - then Lambda deletes it with the batch
            extra = {**delivered(message), **trouble(error)}
            self.runtime.logger.info("delete failed", extra=extra)
        return Then.ACKNOWLEDGE

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

    def time_for(self, handler: Registered) -> bool:
        """Whether enough of the invocation is left for an attempt."""
        left = (self.deadline - self.runtime.clock()).total_seconds()
        return left >= RESERVE_SECONDS + handler.min_seconds

    def _persist(self, write: Callable[[], object]) -> None:
        persist(self.runtime, self.deadline, write)


def _no_handler(_input: object, _context: Context) -> None:
    """What stands for a type that no handler is registered for."""


def token_of(command: Command) -> str:
    """The fencing token that holds the command, empty where nobody does."""
    return command.lease.token if command.lease else ""
