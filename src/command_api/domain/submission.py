"""What a submission needs that stores commands before it sends them.

A stored command is *unsent* until the sender says otherwise. Should the sender die in between, the
next request with the same id sends it, or else the outbox relay. Sending twice is harmless: a
message finds out by the record whether there is still something to do.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.model import Command, PendingEntry, Status
from command_api.domain.timing import whole

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Submission


# What is stored waits so long to be sent, where the queue never takes it; SQS keeps messages no
# longer, either.
OUTBOX_RETENTION = timedelta(days=14)


class Replay(Enum):
    """What a request means whose id is known already."""

    SAME = auto()
    """It was answered before: give the same answer again."""
    IN_FLIGHT = auto()
    """An earlier request is at it: come back later."""
    RESUME = auto()
    """An earlier request stored it and went no further: send it."""
    OTHER = auto()
    """The id stands for other work, or for somebody else's."""
    CANCELLED = auto()
    """The id was cancelled before anything was submitted under it."""


def submitted(submission: Submission, *, until: datetime, at_once: bool = False) -> Command:
    """The command as it is stored, to be sent before `until`; times are whole milliseconds.

    `at_once`: by the relay, for nobody else need send it.
    """
    at, until = whole(submission.submitted_at), whole(until)
    return Command(
        id=submission.id,
        type=submission.type,
        work=submission.work,
        status=Status.PENDING,
        created_at=at,
        updated_at=at,
        owner=submission.owner,
        waits_until=at + submission.timing.wait(at) + OUTBOX_RETENTION,
        group=submission.group,
        correlation_id=submission.correlation_id,
        callback=submission.callback,
        timing=submission.timing,
        queue=submission.queue,
        batch=submission.batch,
        pending_entry=PendingEntry(at, until, submission.input, submission.trace, at_once),
    )


def message_until(command: Command, *, now: datetime, life: timedelta) -> datetime:
    """The time until which a command that is sent now has a message, kept for `life`."""
    return now + command.timing.wait(now) + life


def waits_to_be_sent(command: Command) -> bool:
    """Whether the mark of an unsent command still means something: nothing has come of it yet."""
    unstarted = command.status is Status.PENDING and command.attempts == 0
    return unstarted and command.pending_entry is not None


def begins_anew(known: Command, command: Command) -> bool:
    """Whether a stored command has lost its message, and a new `command` asks for it again."""
    same = (known.owner, known.work) == (command.owner, command.work)
    return same and lifecycle.message_lost(known, now=command.created_at)


def replay(known: Command, asked: Submission, *, now: datetime) -> Replay:
    """Say what a request means whose id is known, and not past its time."""
    if known.owner != asked.owner:
        return Replay.OTHER
    if not known.type and known.status is Status.CANCELLED:
        return Replay.CANCELLED
    if known.work != asked.work:
        return Replay.OTHER
    if not waits_to_be_sent(known) or known.pending_entry is None:
        return Replay.SAME
    return Replay.IN_FLIGHT if known.pending_entry.lease_until > now else Replay.RESUME
