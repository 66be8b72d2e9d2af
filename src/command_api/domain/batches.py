"""A batch: commands that belong together, and what has become of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from command_api.domain.model import JSON

# Of one request.
MOST_MEMBERS = 100
# A batch whose members never end is kept this long after they had time to.
PATIENCE = timedelta(days=14)


class When(StrEnum):
    """When the command that follows a batch runs."""

    ALL = "all"
    """As soon as all members have ended, whatever they came to."""
    ALL_SUCCEEDED = "all_succeeded"
    """As soon as all members have completed, also if some were redriven for that."""


class Follower(NamedTuple):
    """The command that follows a batch, as its request names it."""

    when: When
    type: str
    input: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it is stored; state changes are conditional writes of its store."""

    id: str
    # Number of members; their ids follow from the batch's id and their place.
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

    @property
    def member_ids(self) -> Iterable[str]:
        """The ids of the members, in the order of the request."""
        return (member_id(self.id, place) for place in range(self.total))

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
    if not 0 < counts.ended < batch.total:
        return None
    return now + (now - batch.created_at) * ((batch.total - counts.ended) / counts.ended)
