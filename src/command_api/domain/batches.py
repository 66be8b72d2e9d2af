"""A batch: commands that belong together, and what has become of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.model import Command, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from command_api.domain.model import JSON, Failure

# Of one request, and of an upload.
MOST_MEMBERS, MOST_LINES = 100, 1_000_000
MOST_BYTES = 1024**3
# A batch whose members never end is kept this long after they had time to.
PATIENCE = timedelta(days=14)
# A batch that is never uploaded is forgotten after this time.
UPLOAD_PATIENCE = timedelta(days=1)
# An upload must begin within that time; a repeated request gets another URL.
UPLOAD_URL_SECONDS = 900
# What follows a batch is kept this long; uploads take a while.
FOLLOWER_PATIENCE = timedelta(days=90)


class When(StrEnum):
    """When the command that follows a batch runs."""

    ALL = "all"
    """As soon as all members have ended, whatever they came to."""
    ALL_SUCCEEDED = "all_succeeded"
    """As soon as all members have completed, also if some were redriven for that."""


class State(StrEnum):
    """How far a batch has come."""

    UPLOADING = "UPLOADING"
    """Its lines are still to be uploaded."""
    SUBMITTING = "SUBMITTING"
    """Its lines become commands, some of which run already."""
    RUNNING = "RUNNING"
    """All members are known, and some have not ended."""
    ENDED = "ENDED"
    """All members have ended."""


class Transfer(NamedTuple):
    """How far the objects of a batch have come: its lines into commands, its results into one.

    It is replaced as a whole, and only where nobody else has: of two that are at it one goes on.
    """

    # Bytes of the uploaded object; 0 for a batch whose commands came with its request.
    size: int = 0
    # Their SHA-256, in hexadecimal digits.
    digest: str = ""
    # Lines that are members for certain, and the bytes that they take.
    lines: int = 0
    offset: int = 0
    # Lines that may be members: a process that died may have stored some of those after `lines`.
    planned: int = 0
    # True once no other line becomes a member.
    whole: bool = False
    # Members that a cancellation has been through.
    taken_back: int = 0
    # S3's id for the upload of the results, the parts that it has, and the members in them.
    upload: str = ""
    parts: int = 0
    listed: int = 0
    # True once the results can be read.
    written: bool = False
    # Who wrote this: a write whose answer got lost is known by it.
    token: str = ""


class Follower(NamedTuple):
    """The command that follows a batch, as its request names it."""

    when: When
    type: str
    input: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it is stored; state changes are conditional writes of its store."""

    id: str
    # Number of members, so far; their ids follow from the batch's id and their place.
    total: int
    created_at: datetime
    # Hash of what was asked for: the same key with other work is refused.
    work: str
    # When the record may be deleted; later for one that has ended.
    purge_at: datetime
    owner: str = ""
    correlation_id: str = ""
    # None where no command follows.
    when: When | None = None
    # When all members had ended for the first time.
    ended_at: datetime | None = None
    # When the command that follows was stored.
    followed_at: datetime | None = None
    # When a client asked to cancel what had not started.
    cancel_requested_at: datetime | None = None
    # None for a batch that has no objects.
    transfer: Transfer | None = None

    @property
    def uploads(self) -> bool:
        """Whether its members are the lines of an object."""
        return self.transfer is not None and self.transfer.size > 0

    @property
    def whole(self) -> bool:
        """Whether all its members are known."""
        return self.transfer is None or self.transfer.whole

    @property
    def places(self) -> range:
        """The places of the members: from 0 in a request, from 1 in an object, as lines count."""
        return range(1, self.total + 1) if self.uploads else range(self.total)

    @property
    def member_ids(self) -> Iterable[str]:
        """The ids of the members, in their order."""
        return (member_id(self.id, place) for place in self.places)

    def state(self, counts: Counts) -> State:
        """How far it has come."""
        if self.whole:
            return State.ENDED if counts.ended == self.total else State.RUNNING
        return State.SUBMITTING if self.total else State.UPLOADING

    def ended(self, counts: Counts) -> bool:
        """Whether all its members are known and have ended."""
        return self.state(counts) is State.ENDED

    def share(self, counts: Counts) -> float:
        """How much of it has ended, from 0 to 1: an estimate while its lines become commands."""
        if self.whole:
            return counts.ended / self.total if self.total else 1
        if self.transfer is None or not self.transfer.lines:
            return 0
        read = self.transfer.offset / self.transfer.size
        return min(1, read * counts.ended / self.transfer.lines)

    def moved(self, transfer: Transfer) -> Batch:
        """The batch whose transfer has come so far."""
        total = transfer.planned if transfer.size else self.total
        return replace(self, transfer=transfer, total=total)

    @property
    def follower_id(self) -> str:
        """The id of the command that follows: the same however often it is sent."""
        return f"{self.id}.then"


class Counts(NamedTuple):
    """Members by status, but for those that wait."""

    processing: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def ended(self) -> int:
        """Members that have ended; a redrive takes one back."""
        return self.completed + self.failed + self.cancelled


class Move(NamedTuple):
    """A change of a member's status, as the table's stream has it."""

    batch_id: str
    # Position of the record in its shard of the stream: texts of one length, which sort as it does.
    position: str
    # None where the member was new.
    before: Status | None
    after: Status


class Found(NamedTuple):
    """A batch, None where it is unknown, with what was counted of it.

    `marks` is how far each shard of the stream was counted: two looks that find the same marks
    have seen all counters at one moment.
    """

    batch: Batch | None
    counts: Counts = Counts()
    marks: Mapping[str, str] = MappingProxyType({})


_COUNTED = {
    Status.PROCESSING: "processing",
    # It runs until its handler has stopped.
    Status.CANCELLING: "processing",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


def member_id(batch_id: str, place: int) -> str:
    """The id of a member: a repeated request names the same commands."""
    return f"{batch_id}.{place}"


def unread(
    batch: Batch, place: int, failure: Failure, *, now: datetime, purge_at: datetime
) -> Command:
    """The record of a line that is no command: a member that has failed, and never runs."""
    member = Command(
        id=member_id(batch.id, place),
        type="",
        status=Status.PENDING,
        created_at=now,
        updated_at=now,
        owner=batch.owner,
        correlation_id=batch.correlation_id,
        batch=batch.id,
    )
    return member.failed(failure, now=now, purge_at=purge_at)


def counted(status: Status | None) -> str | None:
    """The counter that a status belongs to; None for a member that waits or is new."""
    return _COUNTED.get(status) if status else None


def is_counted(move: Move) -> bool:
    """Whether a change moves a member from one counter to another."""
    return counted(move.before) != counted(move.after)


def delta(moves: Iterable[Move]) -> Counts:
    """What these changes add to the counters, and take from them."""
    changes = Counter[str]()
    for move in moves:
        if (to := counted(move.after)) is not None:
            changes[to] += 1
        if (off := counted(move.before)) is not None:
            changes[off] -= 1
    return Counts(**changes)


def ends_at(batch: Batch, counts: Counts, *, now: datetime) -> datetime | None:
    """When the batch may have ended, if it goes on as until now; None where nobody can tell."""
    share = batch.share(counts)
    return now + (now - batch.created_at) * ((1 - share) / share) if 0 < share < 1 else None
