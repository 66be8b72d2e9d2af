"""The rules of a command's life, as pure functions of the stored command and the clock.

The conditions of the store's writes follow from these rules, and the contract suite holds both
to each other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from command_api.domain.model import Command, Failure, Lease, Status

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.message import Message
    from command_api.domain.model import Attempt, Submission

WORKER_LOST = Failure(
    code="worker_lost",
    message="The worker stopped in the middle of the last attempt.",
    retryable=True,
)


# How much younger than a failure a message must be to count as sent after it: the clocks of SQS
# and of the worker may differ. A redrive gives a message a new id and a new time.
_AFTER = timedelta(seconds=1)


class Verdict(Enum):
    """What a message that wants to run a command has to do."""

    CLAIM = auto()
    """Run it: the command is new or waits for its next attempt."""
    TAKE_OVER = auto()
    """Run it with care: its worker died, with attempts left, and it may have been the cause."""
    RESTART = auto()
    """Run it with fresh attempts: it had failed, and this message was redriven or sent again;
    or its record is past its time and waits to be deleted."""
    WAIT = auto()
    """Come back when the lease ends: an earlier delivery of this same message, or of the one that
    it is a copy of, still runs."""
    BURY = auto()
    """Record the loss: the worker died on the last attempt. The message goes to the DLQ."""
    DEAD = auto()
    """Nothing to do but to let the queue move this message to the DLQ."""
    DUPLICATE = auto()
    """Drop the message: the command is finished, another message takes care of it, or it belongs to
    somebody else."""


def verdict(
    command: Command,
    message_id: str,
    *,
    sent_at: datetime,
    now: datetime,
    owner: str = "",
    copied: bool = False,
) -> Verdict:
    """Say what a message, sent at that time, may do with a command that is known already.

    One that is `copied` stands for another message, perhaps the one that holds the lease.

    One of another owner may do nothing, and one without an owner nothing with an owned command: no
    door of ours lets a client name an id that could be somebody else's, so such a message was made
    by other means.
    """
    pending = command.status is Status.PENDING
    if not pending and command.purge_at is not None and command.purge_at <= now:
        return Verdict.RESTART
    if command.owner != owner:
        return Verdict.DUPLICATE
    if pending:
        return Verdict.CLAIM
    same_message = command.message_id == message_id
    if command.status is Status.PROCESSING:
        return _verdict_while_processing(command, waits=same_message or copied, now=now)
    if command.failure is not None and command.failure.retryable:
        # Of two messages that are as old as the failure, each would give the other fresh attempts.
        sent_again = not same_message and sent_at > command.updated_at + _AFTER
        return Verdict.RESTART if sent_again else Verdict.DEAD
    return Verdict.DUPLICATE


def verdict_on(message: Message, command: Command, *, now: datetime) -> Verdict:
    """Say what a message may do with a command that is known already."""
    return verdict(
        command,
        message.message_id,
        sent_at=message.sent_for(command.updated_at),
        now=now,
        owner=message.owner,
        copied=message.renewal is not None,
    )


def wait_for(command: Command, *, now: datetime) -> float:
    """Seconds until a command's lease has run out for sure, 0 where nobody holds it."""
    return (command.lease.expires_at - now).total_seconds() + 1 if command.lease else 0.0


def _verdict_while_processing(command: Command, *, waits: bool, now: datetime) -> Verdict:
    if not lease_ran_out(command, now=now):
        return Verdict.WAIT if waits else Verdict.DUPLICATE
    return Verdict.BURY if command.on_last_attempt else Verdict.TAKE_OVER


def claimed(known: Command | None, submission: Submission, attempt: Attempt) -> Command:
    """The command claimed by an attempt; what was submitted first is what it stands for."""
    if known is None:
        known = Command(
            id=submission.id,
            type=submission.type,
            input=submission.input,
            status=Status.PENDING,
            created_at=submission.submitted_at,
            updated_at=attempt.at,
            owner=submission.owner,
        )
    return replace(
        known,
        status=Status.PROCESSING,
        attempts=known.attempts + 1,
        max_attempts=attempt.max_attempts,
        message_id=attempt.message_id,
        lease=Lease(attempt.token, attempt.lease_until),
        failure=None,
        updated_at=attempt.at,
    )


def restarted(known: Command, submission: Submission, attempt: Attempt) -> Command:
    """The command claimed anew, after a failure or past its time.

    Results of steps survive only where the same work is asked for again: a step's result belongs
    to the input that it was made from.
    """
    same_work = (known.owner, known.type, known.input) == (
        submission.owner,
        submission.type,
        submission.input,
    )
    return Command(
        id=known.id,
        type=submission.type,
        input=submission.input,
        status=Status.PROCESSING,
        created_at=known.created_at if same_work else submission.submitted_at,
        updated_at=attempt.at,
        attempts=1,
        max_attempts=attempt.max_attempts,
        message_id=attempt.message_id,
        lease=Lease(attempt.token, attempt.lease_until),
        steps=known.steps if same_work and known.status is Status.FAILED else {},
        owner=submission.owner,
        correlation_id=known.correlation_id if same_work else "",
    )


def lease_ran_out(command: Command, *, now: datetime) -> bool:
    """True where whoever claimed the command can no longer be running it."""
    return command.lease is None or command.lease.expires_at < now


def observed(command: Command, *, now: datetime) -> Command | None:
    """The command as a reader must see it, `None` where its time to live has passed.

    A worker that dies on the last attempt leaves PROCESSING behind, and DynamoDB deletes expired
    items up to days late, so no reader may show a stored command without asking here.
    """
    if command.purge_at is not None and command.purge_at <= now:
        return None
    if (
        command.status is Status.PROCESSING
        and command.on_last_attempt
        and command.lease is not None
        and lease_ran_out(command, now=now)
    ):
        ended = command.lease.expires_at
        return command.failed(WORKER_LOST, now=ended, purge_at=command.purge_at or ended)
    return command


def poll_after(command: Command, *, now: datetime) -> int:
    """Seconds until a client should ask again: soon for a young command, rarely for an old one."""
    age = (now - command.created_at).total_seconds()
    return int(min(30, max(1, age / 4)))
