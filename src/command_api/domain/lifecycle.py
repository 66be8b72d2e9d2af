"""The rules of a command's life, as pure functions of the stored command and the clock.

The conditions of the store's writes follow from these rules, and the contract suite holds both
to each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain.model import Command, Failure, Lease, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from command_api.domain.model import Attempt, PastAttempt, Submission

MESSAGE_LOST = Failure(
    code="message_lost",
    message=(
        "The command's message expired or was deleted from the queue before the command finished. "
        "To run the command, repeat the request with the same id."
    ),
    retryable=True,
)
WORKER_LOST = Failure(
    code="worker_lost",
    message="The worker stopped during the attempt.",
    retryable=True,
)

HAND_OVER_TIMED_OUT = Failure(
    code="hand_over_timed_out",
    message="The deadline passed, and no outcome was reported.",
    retryable=True,
)


def claimable(known: Command | None, submission: Submission, attempt: Attempt) -> bool:
    """Whether a claim succeeds: the command is new, or it waits and the message asks for it.

    One whose worker died, with attempts to go, only where the attempt `takes_over`. A message of
    another owner, or that asks for other work, gets nothing. One that was submitted again after its
    message was lost is not claimed but restarted. None is before its time.
    """
    if known is None:
        return True
    if not asks_for(known, submission) or submitted_after_loss(known, submission):
        return False
    if continued_elsewhere(known, attempt) or not in_time(known, now=attempt.at):
        return False
    return known.status is Status.PENDING or (
        attempt.takes_over
        and known.status is Status.PROCESSING
        and lease_ran_out(known, now=attempt.at)
        and not known.on_last_attempt
    )


def asks_for(known: Command, submission: Submission) -> bool:
    """Whether a submission is of this command's owner and asks for the same work.

    No entry point of ours lets a client name an id that could be somebody else's, so one of
    another owner was made by other means.
    """
    return (known.owner, known.work) == (submission.owner, submission.work)


def in_time(known: Command, *, now: datetime) -> bool:
    """Whether a command may start already, whatever time a message of it names."""
    return not known.timing.wait(now)


def submitted_after_loss(known: Command, submission: Submission) -> bool:
    """Whether a message was sent when the command's own could no longer be in the queue.

    A message that was sent before and turns up late goes on where the command stopped.
    """
    return known.waits_until is not None and known.waits_until < submission.submitted_at


def scheduled(submission: Submission, *, now: datetime, life: timedelta) -> Command:
    """A command that waits for its time; `life` is how long the queue keeps a message."""
    return Command(
        id=submission.id,
        type=submission.type,
        work=submission.work,
        status=Status.PENDING,
        created_at=submission.submitted_at,
        updated_at=now,
        owner=submission.owner,
        group=submission.group,
        correlation_id=submission.correlation_id,
        waits_until=now + submission.timing.wait(now) + life,
        callback=submission.callback,
        timing=submission.timing,
    )


def continued_elsewhere(known: Command, attempt: Attempt) -> bool:
    """Whether another message goes on with the command, and this one was sent for an earlier slice.

    A worker that dies after it has sent the message for the next slice leaves its own behind. That
    one takes part until the next slice has ended, for nobody can tell whether the other was sent.
    """
    stale = attempt.slices not in (0, known.slices)
    return stale and attempt.message_id != known.message_id


def claimed(known: Command | None, submission: Submission, attempt: Attempt) -> Command:
    """The command claimed by an attempt."""
    if known is None:
        known = Command(
            id=submission.id,
            type=submission.type,
            work=submission.work,
            status=Status.PENDING,
            created_at=submission.submitted_at,
            updated_at=attempt.at,
            owner=submission.owner,
            callback=submission.callback,
        )
    return replace(
        known,
        status=Status.PROCESSING,
        attempts=known.attempts + 1,
        max_attempts=attempt.max_attempts,
        message_id=attempt.message_id,
        lease=Lease(attempt.token, attempt.lease_until),
        waits_until=attempt.waits_until,
        callback=known.callback or submission.callback,
        past=_past(known),
        failure=None,
        updated_at=attempt.at,
    )


def restarted(known: Command, submission: Submission, attempt: Attempt) -> Command:
    """The command claimed anew: after a failure, past its time, or after its message was lost.

    Results of steps, the state and earlier attempts survive only where the same work is asked for
    again: a step's result belongs to the input that it was made from.
    """
    same_work = asks_for(known, submission)
    goes_on = same_work and known.undone
    return Command(
        id=known.id,
        type=submission.type,
        work=submission.work,
        status=Status.PROCESSING,
        created_at=known.created_at if same_work else submission.submitted_at,
        updated_at=attempt.at,
        attempts=1,
        max_attempts=attempt.max_attempts,
        message_id=attempt.message_id,
        lease=Lease(attempt.token, attempt.lease_until),
        waits_until=attempt.waits_until,
        steps=known.steps if goes_on else {},
        slices=known.slices if goes_on else 0,
        state=known.state if goes_on else None,
        state_key=known.state_key if goes_on else None,
        past=_past(known) if same_work else (),
        owner=submission.owner,
        correlation_id=known.correlation_id if same_work else "",
        callback=(known.callback if same_work else None) or submission.callback,
        batch=known.batch if same_work else "",
    )


def _past(known: Command) -> Sequence[PastAttempt]:
    """The attempts of a command that is claimed: those it has, and one that nobody has recorded.

    A failure is recorded by the restart that follows it, and a lost worker by its successor.
    """
    if known.status is Status.FAILED and known.failure is not None:
        return known.past_with(Status.FAILED, known.failure, now=known.updated_at)
    if known.lease is not None:
        return known.past_with(Status.PENDING, lost(known), now=known.lease.expires_at)
    return known.past


def lost(command: Command) -> Failure:
    """Why an attempt failed that nobody has ended before its lease did."""
    reports = command.handed_over is not None and command.handed_over.at is not None
    return HAND_OVER_TIMED_OUT if reports else WORKER_LOST


def lease_ran_out(command: Command, *, now: datetime) -> bool:
    """True where whoever claimed the command can no longer be running it."""
    return command.lease is None or command.lease.expires_at < now


def message_lost(command: Command, *, now: datetime) -> bool:
    """True where a command waits for a message that its queue no longer has.

    SQS drops messages at the end of their retention; a purge or a new queue drops all of them. A
    message that turns up after all runs the command nevertheless.
    """
    if command.waits_until is None or command.waits_until >= now:
        return False
    abandoned = command.status is Status.PROCESSING and lease_ran_out(command, now=now)
    return command.status is Status.PENDING or abandoned


def past_its_time(command: Command, *, now: datetime) -> bool:
    """True where the record waits to be deleted, which DynamoDB does up to days late."""
    return command.purge_at is not None and command.purge_at <= now


def observed(command: Command, *, now: datetime) -> Command | None:
    """The command as a reader must see it, `None` where its time to live has passed.

    A worker that dies leaves CANCELLING behind, on the last attempt PROCESSING, and a message that
    is lost PENDING, so no reader may show a stored command without asking here.
    """
    if past_its_time(command, now=now):
        return None
    if (
        command.status is Status.PROCESSING
        and command.on_last_attempt
        and command.lease is not None
        and lease_ran_out(command, now=now)
    ):
        ended = command.lease.expires_at
        return command.failed(lost(command), now=ended, purge_at=command.purge_at or ended)
    if (
        command.status is Status.CANCELLING
        and command.lease is not None
        and lease_ran_out(command, now=now)
    ):
        # Its worker died, and it is not to run again.
        ended = max(command.lease.expires_at, command.changed_at)
        return command.cancelled(now=ended, purge_at=command.purge_at or ended)
    if message_lost(command, now=now) and command.waits_until is not None:
        ended = command.waits_until
        return command.failed(MESSAGE_LOST, now=ended, purge_at=command.purge_at or ended)
    return command


def poll_after(command: Command, *, now: datetime) -> int:
    """Seconds until a client should ask again: soon for a young command, rarely for an old one."""
    age = (now - command.created_at).total_seconds()
    return int(min(30, max(1, age / 4)))
