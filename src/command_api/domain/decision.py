"""What becomes of a message: one pure function of what is stored, what happened and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from command_api.domain import lifecycle
from command_api.domain.model import Command, Failure, Status
from command_api.domain.retry import LONGEST_WAIT_SECONDS, trouble_delay

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.hand_over import HandOver
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Attempt, Submission
    from command_api.domain.retry import RetryPolicy

# The clocks of SQS and of the worker may differ by so much: a message that was sent right after a
# failure must not count as older, and to run once more what may be run again does no harm.
_SKEW = timedelta(seconds=1)


class Then(Enum):
    """What to do with the message once the decision is written."""

    RUN = auto()
    """Run the handler: the decision's command is to be put in the place of what is stored."""
    RUN_ALONE = auto()
    """Ask again with nobody beside it: its worker died, and it may have been the cause."""
    ACKNOWLEDGE = auto()
    """Nothing more comes of this message: SQS deletes it."""
    RETURN = auto()
    """Let it come back, after the decision's delay."""
    CONTINUE = auto()
    """Let the next slice run, after the decision's delay."""
    WATCH = auto()
    """Look again after the decision's delay: somebody outside reports on the command."""
    DEAD_LETTER = auto()
    """Move it to the dead-letter queue: its command has failed and may be redriven."""


class Decision(NamedTuple):
    """What to write (`command`, None for nothing), what to do then, and what the log says.

    `delay` is in seconds; `outcome` is the metrics' word, empty where nothing is counted.
    """

    then: Then
    event: str
    reason: str = ""
    command: Command | None = None
    delay: float = 0.0
    outcome: str = ""


class Unreadable(NamedTuple):
    """The message can never become work."""

    failure: Failure


class NotClaimed(NamedTuple):
    """The claim was refused because of what is stored."""

    submission: Submission
    attempt: Attempt


class Returned(NamedTuple):
    """The handler returned."""

    result: JSON


class Continued(NamedTuple):
    """The handler goes on in another invocation, `after` so many seconds."""

    state: JSON
    after: float


class HandedOver(NamedTuple):
    """The handler returned, and somebody else reports how the work ends."""

    hand_over: HandOver


class Raised(NamedTuple):
    """The attempt failed; `after` is the handler's own wish for the next one, in seconds.

    `at_least`, in seconds, is a lower bound for it that leaves the rest to the retry policy.
    """

    failure: Failure
    after: float | None = None
    at_least: float | None = None


class Stopped(NamedTuple):
    """The handler has stopped, and its command is not to run again."""


class Troubled(NamedTuple):
    """Something was away or there was no time: not the command's fault, and not an attempt."""

    reason: str
    failure: Failure | None = None


Happening: TypeAlias = (
    "Unreadable | NotClaimed | Returned | Continued | HandedOver | Raised | Stopped | Troubled"
)


class Terms(NamedTuple):
    """What a decision goes by; `spread` is random, 0 to 1, `retention` how long an end is kept."""

    now: datetime
    policy: RetryPolicy
    retention: timedelta
    spread: float


def decide(stored: Command | None, happened: Happening, message: Message, terms: Terms) -> Decision:
    """Say what becomes of a message; `stored` is the command as the table has it, if it does."""
    match happened:
        case Unreadable(failure):
            refused = _failed(_unread(message, terms), failure, terms, at=terms.now)
            return refused._replace(event="rejected", outcome="rejected")
        case Troubled(reason, failure):
            waits = stored and stored.unclaimed(failure, now=terms.now)
            delay = trouble_delay(message.receives, spread=terms.spread)
            return Decision(
                then=Then.RETURN, event="not run", reason=reason, command=waits, delay=delay
            )
    if stored is None:
        raise ValueError("no stored command after a claim")
    match happened:
        case Returned() | Stopped() | Raised():
            return ended(stored, happened, terms)
        case Continued(state, after):
            return _continued(stored, state, after, terms)
        case HandedOver(hand_over):
            return _handed_over(stored, hand_over, terms)
        case NotClaimed(submission, attempt):
            return _on_refusal(stored, submission, attempt, message, terms)


def ended(stored: Command, happened: Returned | Stopped | Raised, terms: Terms) -> Decision:
    """Say what becomes of a command whose work has ended, wherever that was done."""
    match happened:
        case Returned(result):
            done = stored.completed(result, now=terms.now, purge_at=terms.now + terms.retention)
            return Decision(
                then=Then.ACKNOWLEDGE, event="completed", command=done, outcome="completed"
            )
        case Stopped():
            return _cancelled(stored, terms)
        case Raised():
            return _after_failure(stored, happened, terms)


def not_due(message: Message, *, now: datetime) -> Decision | None:
    """Say that the message of a slice returns until its time has come; None where it has."""
    if not message.slices or message.not_before is None or message.not_before <= now:
        return None
    return _wait("not due", (message.not_before - now).total_seconds())


def unreadable_under_known_id(stored: Command | None) -> Decision:
    """Say what becomes of a message that names no work, where its id is a command's already.

    It must not fail that command, for anybody may write an id on a message. But where no message
    has been read for the command yet, this may have been its only one: it goes where an alarm
    rings, and is not acknowledged in silence.
    """
    if stored is not None and stored.status is Status.PENDING and not stored.message_id:
        reason = "unreadable message for a waiting command"
        return Decision(then=Then.DEAD_LETTER, event="not run", reason=reason)
    return _dropped("id used by another command")


def _after_failure(stored: Command, raised: Raised, terms: Terms) -> Decision:
    failure = raised.failure
    if not failure.retryable or stored.on_last_attempt:
        return _failed(stored, failure, terms, at=terms.now)
    own = terms.policy.delay(stored.attempts, spread=terms.spread)
    delay = max(own if raised.after is None else raised.after, raised.at_least or 0.0)
    if delay > LONGEST_WAIT_SECONDS:
        return _failed(stored, _too_late(delay, "retry_too_late"), terms, at=terms.now)
    released = stored.released(failure, now=terms.now)
    return Decision(
        then=Then.RETURN,
        event="retry scheduled",
        command=released,
        delay=delay,
        outcome="retried",
    )


def _continued(stored: Command, state: JSON, after: float, terms: Terms) -> Decision:
    if stored.slices + 1 >= terms.policy.max_slices:
        return _failed(stored, _too_many(terms.policy.max_slices), terms, at=terms.now)
    if after > LONGEST_WAIT_SECONDS:
        return _failed(stored, _too_late(after, "slice_too_late"), terms, at=terms.now)
    return Decision(
        then=Then.CONTINUE,
        event="continued",
        command=stored.continued(state, now=terms.now),
        delay=after,
        outcome="continued",
    )


def _handed_over(stored: Command, hand_over: HandOver, terms: Terms) -> Decision:
    until = terms.now + hand_over.timeout
    return Decision(
        then=Then.WATCH,
        event="handed over",
        command=stored.handed(hand_over._replace(at=terms.now), until=until),
        delay=hand_over.timeout.total_seconds() + 1,
        outcome="handed_over",
    )


def _on_refusal(
    stored: Command, submission: Submission, attempt: Attempt, message: Message, terms: Terms
) -> Decision:
    # Here is a message, whatever the record says of the time until which there can be one.
    seen = lifecycle.observed(replace(stored, waits_until=None), now=terms.now)
    if seen is None and stored.status is not Status.PENDING:
        return _restart(stored, submission, attempt)
    if stored.owner != submission.owner:
        return _dropped("id owned by another caller")
    if seen is not None and seen.redrivable:
        return _after_retryable_failure(stored, seen, submission, attempt, message, terms)
    if stored.status.terminal or not lifecycle.asks_for(stored, submission):
        ended = stored.status.terminal
        return _dropped("command already ended" if ended else "id used by another command")
    return _while_unfinished(stored, submission, attempt, terms)


def _after_retryable_failure(
    stored: Command,
    seen: Command,
    submission: Submission,
    attempt: Attempt,
    message: Message,
    terms: Terms,
) -> Decision:
    """`seen` has failed; `stored` may not say so yet, where a worker was lost with its lease."""
    same_message = stored.message_id == attempt.message_id
    if not same_message and message.sent_at > seen.updated_at - _SKEW:
        return _restart(seen, submission, attempt)
    if stored.status is Status.PROCESSING and lifecycle.asks_for(stored, submission):
        found = stored.found_by(attempt.message_id)
        return _failed(found, lifecycle.lost(stored), terms, at=seen.updated_at)
    if same_message:
        # The failure was written, and the worker died before it moved the message.
        return Decision(then=Then.DEAD_LETTER, event="not run", reason="command already failed")
    return _dropped("command already failed")


def _while_unfinished(  # noqa: PLR0911 - one line for each state
    stored: Command, submission: Submission, attempt: Attempt, terms: Terms
) -> Decision:
    now = terms.now
    lost = lifecycle.submitted_after_loss(stored, submission)
    if not lost and not lifecycle.in_time(stored, now=now):
        # The message that it was scheduled with is on its way.
        return _dropped("scheduled for later")
    if lifecycle.continued_elsewhere(stored, attempt) and not lost:
        return _dropped("continued by another message")
    if stored.lease is None:
        return _restart(stored, submission, attempt) if lost else _wait("lease lost", 1.0)
    if not lifecycle.lease_ran_out(stored, now=now):
        left = (stored.lease.expires_at - now).total_seconds()
        if stored.message_id != attempt.message_id:
            if attempt.slices and attempt.slices == stored.slices:
                # A late delivery of the message before runs it, and that one may be gone.
                return _wait("running from another message", left + 1)
            return _dropped("running from another message")
        if stored.handed_over is not None and stored.handed_over.at is not None:
            return Decision(then=Then.WATCH, event="not run", reason="handed over", delay=left + 1)
        return _wait("still running", left + 1)
    if not attempt.takes_over:
        return Decision(then=Then.RUN_ALONE, event="not run", reason="worker lost")
    if stored.status is Status.CANCELLING:
        return _cancelled(stored, terms)
    return _restart(stored, submission, attempt) if lost else _wait("lease lost", 1.0)


def _wait(reason: str, seconds: float) -> Decision:
    return Decision(then=Then.RETURN, event="not run", reason=reason, delay=seconds)


def _restart(stored: Command, submission: Submission, attempt: Attempt) -> Decision:
    again = lifecycle.restarted(stored, submission, attempt)
    return Decision(then=Then.RUN, event="restarted", command=again)


def _dropped(reason: str) -> Decision:
    return Decision(then=Then.ACKNOWLEDGE, event="dropped", reason=reason)


def _cancelled(command: Command, terms: Terms) -> Decision:
    ended = command.cancelled(now=terms.now, purge_at=terms.now + terms.retention)
    return Decision(then=Then.ACKNOWLEDGE, event="cancelled", command=ended, outcome="cancelled")


def _failed(command: Command, failure: Failure, terms: Terms, *, at: datetime) -> Decision:
    """The one way to FAILED."""
    return Decision(
        then=Then.DEAD_LETTER if failure.retryable else Then.ACKNOWLEDGE,
        event="failed",
        command=command.failed(failure, now=at, purge_at=at + terms.retention),
        outcome="failed",
    )


def _unread(message: Message, terms: Terms) -> Command:
    """A record for a message that names no work."""
    return Command(
        id=message.key,
        type="",
        status=Status.PENDING,
        created_at=message.sent_at,
        updated_at=terms.now,
        message_id=message.identity,
        owner=message.owner,
    )


def _too_late(after: float, code: str) -> Failure:
    text = (
        f"The requested delay of {after:.0f} seconds exceeds the maximum of "
        f"{LONGEST_WAIT_SECONDS:.0f} seconds."
    )
    return Failure(code=code, message=text, retryable=True)


def _too_many(slices: int) -> Failure:
    text = f"The command did not finish within {slices} slices."
    return Failure(code="too_many_slices", message=text, retryable=True)
