"""Submit commands as one batch, look at it, and cancel what has not started."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from command_api.domain.access import ANYBODY, Caller
from command_api.domain.batches import (
    PATIENCE,
    UPLOAD_PATIENCE,
    Batch,
    Counts,
    State,
    Transfer,
    member_id,
)
from command_api.domain.errors import Unknown
from command_api.usecases.cancel import cancelled_unseen
from command_api.usecases.submit import CONCURRENCY, Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from command_api.domain.batch_ports import Batches
    from command_api.domain.batches import Follower, Found
    from command_api.domain.model import Submission
    from command_api.domain.ports import CommandStore, Schedules
    from command_api.usecases.submit import SubmitCommands

# Taken back by a DELETE of the batch or of the member; or stored, for the outbox relay to send.
_DONE = (Why.CANCELLED, Why.NOT_SENT)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SubmitBatch:
    """Store a batch, then its members: one write, and two for each member.

    A request that is repeated goes on where the first one has stopped. The members' ids follow from
    the batch's, so that none runs twice.
    """

    batches: Batches
    submit: SubmitCommands
    retention: timedelta

    def __call__(
        self,
        batch_id: str,
        members: Sequence[Submission],
        follower: Follower | None,
        *,
        work: str,
        until: datetime,
        listed: bool = False,
    ) -> Batch | Refusal:
        """The batch as it was first stored, or why it is not taken as a whole yet.

        `listed`: its results are to become an object.
        """
        first = members[0]
        latest = max(one.timing.wait(one.submitted_at) for one in members)
        wanted = Batch(
            id=batch_id,
            total=len(members),
            created_at=first.submitted_at,
            work=work,
            purge_at=first.submitted_at + latest + PATIENCE + self.retention,
            owner=first.owner,
            correlation_id=first.correlation_id,
            when=follower.when if follower else None,
            transfer=Transfer(whole=True) if listed else None,
        )
        stored = self.batches.create(wanted, follower)
        if (stored.work, stored.owner) != (wanted.work, wanted.owner):
            return Refusal(Why.OTHER_WORK)
        if stored.ended_at is not None and stored.purge_at > first.submitted_at:
            # Records of its members may have expired since, and none is to run again.
            return stored
        answers = self.submit(members, until=until)
        refusals = (one for one in answers if isinstance(one, Refusal) and one.why not in _DONE)
        return next(refusals, stored)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OpenBatch:
    """Store a batch whose members are still to be uploaded: one write.

    It is forgotten a day after the last request for it, unless its lines are uploaded.
    """

    batches: Batches

    def __call__(
        self, wanted: Batch, follower: Follower | None, *, now: datetime
    ) -> Batch | Refusal:
        """The batch as it is stored, or why it is not taken."""
        wanted = replace(wanted, purge_at=now + UPLOAD_PATIENCE)
        stored = self.batches.create(wanted, follower)
        if (stored.work, stored.owner) != (wanted.work, wanted.owner):
            return Refusal(Why.OTHER_WORK)
        if stored.state(Counts()) is not State.UPLOADING or stored.transfer is None:
            return stored
        # One that is about to be forgotten stays; one that just was is stored anew.
        kept = stored is wanted or self.batches.advance(
            stored, stored.transfer, purge_at=wanted.purge_at, unless_cancelled=True
        )
        return stored if kept else self.batches.create(wanted, follower)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReadBatch:
    """Find a batch as a client may see it; Unknown where there is none for this caller."""

    batches: Batches
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, batch_id: str, *, caller: Caller = ANYBODY) -> Found:
        """The batch and its counts."""
        found = self.batches.find(batch_id)
        batch = found.batch
        if batch is None or batch.purge_at <= self.clock() or not caller.sees(batch):
            raise Unknown
        return found


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CancelMembers:
    """Cancel members that have not started, those that were never stored included."""

    store: CommandStore
    retention: timedelta
    schedules: Schedules | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, batch: Batch, places: Iterable[int]) -> None:
        """A write for each; what was cancelled before stays so."""
        now = self.clock()
        with ThreadPoolExecutor(CONCURRENCY) as pool:
            list(pool.map(partial(self._cancel, batch, now), places))

    def _cancel(self, batch: Batch, now: datetime, place: int) -> None:
        command_id = member_id(batch.id, place)
        member = cancelled_unseen(command_id, now=now, purge_at=now + self.retention)
        # One that its submission never stored, and never will.
        if self.store.record(replace(member, owner=batch.owner, batch=batch.id)):
            return
        # The batch was seen, and its members are its owner's.
        command, done = self.store.cancel(member, Caller(owner=batch.owner))
        if self.schedules is not None and done and command.timing.not_before is not None:
            self.schedules.delete(command_id)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CancelBatch:
    """Cancel what has not started of a batch.

    What runs goes on. A request that is repeated, or that died, cancels what is left. What was
    uploaded may be more than a request can cancel: `transfer` has that done.
    """

    read: ReadBatch
    cancel: CancelMembers
    transfer: Callable[[str], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, batch_id: str, *, caller: Caller = ANYBODY) -> Found:
        """The batch as it was found, with the request noted."""
        found = self.read(batch_id, caller=caller)
        batch = found.batch
        if batch is None or batch.ended(found.counts):
            return found
        self.read.batches.cancel(batch, now=self.clock())
        if batch.uploads:
            self.transfer(batch.id)
        else:
            self.cancel(batch, batch.places)
        return self.read(batch_id, caller=caller)
