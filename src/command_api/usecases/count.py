"""Count the members of batches by status, off the table's stream, and run what follows them.

Every record is counted once: see the port `Batches`. Any trouble is raised, so that Lambda delivers
the records again; what was counted is not counted twice, and what follows has one id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from command_api.domain.batches import PATIENCE, When, is_counted
from command_api.domain.errors import Unavailable
from command_api.domain.model import Submission
from command_api.usecases.report import describe
from command_api.usecases.submit import Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from logging import Logger

    from command_api.domain.batch_ports import Batches
    from command_api.domain.batches import Batch, Counts, Move
    from command_api.usecases.submit import SubmitCommands

# Stored, with or without its message: the outbox relay sends what was not.
_TAKEN = (Why.NOT_SENT, Why.IN_FLIGHT)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EndBatch:
    """End a batch whose members have all ended: send what follows, and note it."""

    batches: Batches
    submit: SubmitCommands
    logger: Logger
    # How long an ended batch stays readable.
    retention: timedelta
    # The queue of the command that follows, by its type; empty for the default one.
    queue_of: Callable[[str], str] = lambda _: ""
    # Has the results of an ended batch listed; not called where nobody wants them.
    list_results: Callable[[str], None] = lambda _: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, batch_id: str, *, until: datetime) -> None:
        """Nothing where a member has not ended; `until` is when this call must end."""
        batch, counts, marks = self.batches.find(batch_id)
        while batch is not None and batch.ended(counts):
            again = self.batches.find(batch_id)
            if again.marks == marks:
                self._ended(batch, counts, until)
                return
            batch, counts, marks = again

    def _ended(self, batch: Batch, counts: Counts, until: datetime) -> None:
        wanted = batch.when is When.ALL or counts.completed == batch.total
        # Of a batch that was cancelled before its upload nothing has ended.
        if batch.when is not None and wanted and batch.total and batch.followed_at is None:
            self._follow(batch, until)
        if batch.transfer is not None and not batch.transfer.written:
            self.list_results(batch.id)
        if batch.ended_at is None:
            now = self.clock()
            self.batches.ended(batch, now=now, purge_at=now + PATIENCE + self.retention)
            self.logger.info("batch ended", extra={"batch_id": batch.id, **counts._asdict()})

    def _follow(self, batch: Batch, until: datetime) -> None:
        follower = self.batches.follower(batch)
        if follower is None:
            self.logger.error("follower unknown", extra={"batch_id": batch.id})
            return
        asked = Submission(
            id=batch.follower_id,
            type=follower.type,
            input=follower.input,
            submitted_at=self.clock(),
            owner=batch.owner,
            correlation_id=batch.correlation_id or batch.id,
            queue=self.queue_of(follower.type),
        )
        (answer,) = self.submit([asked], until=until)
        if isinstance(answer, Refusal) and answer.why not in _TAKEN:
            if answer.why is Why.NOT_STORED:
                raise Unavailable("the command that follows a batch")
            # Somebody has taken the id, or the command back: no later delivery changes that.
            about = {**describe(asked.id, None), "reason": answer.why.name.lower()}
            self.logger.error("follower refused", extra=about)
        self.batches.followed(batch, now=self.clock())


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CountMembers:
    """Count changes of members, and end their batches."""

    batches: Batches
    end: EndBatch
    # How long an ended batch stays readable.
    retention: timedelta
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, shard: str, moves: Iterable[Move], *, until: datetime) -> None:
        """Count the changes of one shard, in its order; `until` is when this call must end."""
        of_batch: dict[str, list[Move]] = {}
        for move in moves:
            if is_counted(move):
                of_batch.setdefault(move.batch_id, []).append(move)
        keep_until = self.clock() + PATIENCE + self.retention
        for batch_id, those in of_batch.items():
            # A member may wait for months; counts that are gone by then would never come to an end.
            batch = self.batches.find(batch_id).batch
            kept = max(keep_until, batch.purge_at) if batch else keep_until
            self.batches.count(shard, those, keep_until=kept)
        # Also where nothing was new: an earlier delivery may have died right here.
        for batch_id, those in of_batch.items():
            if any(move.after.terminal for move in those):
                self.end(batch_id, until=until)
