"""Batches in a dictionary: the same rules as in DynamoDB, checked by the same contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from command_api.domain.batches import Batch, Counts, Follower, Found, delta

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from command_api.domain.batches import Move, Transfer


@dataclass
class InMemoryBatches:
    """Headers, followers, and a counter for each batch and shard."""

    headers: dict[str, Batch] = field(default_factory=dict)
    followers: dict[tuple[str, str], Follower] = field(default_factory=dict)
    counters: dict[tuple[str, str], tuple[Counts, str]] = field(default_factory=dict)
    # Until when each counter is kept.
    kept: dict[tuple[str, str], datetime] = field(default_factory=dict)
    writes: int = 0

    def create(self, batch: Batch, follower: Follower | None) -> Batch:
        """Keep the first."""
        if follower is not None:
            self.followers.setdefault((batch.id, batch.work), follower)
        return self.headers.setdefault(batch.id, batch)

    def find(self, batch_id: str) -> Found:
        """Add the shards up."""
        found = {shard: it for (one, shard), it in self.counters.items() if one == batch_id}
        parts = [counts for counts, _ in found.values()]
        counts = Counts(*map(sum, zip(*parts, strict=True))) if parts else Counts()
        marks = {f"count#{shard}": last for shard, (_, last) in found.items()}
        return Found(self.headers.get(batch_id), counts, marks)

    def follower(self, batch: Batch) -> Follower | None:
        """The first of its request."""
        return self.followers.get((batch.id, batch.work))

    def advance(
        self, batch: Batch, transfer: Transfer, *, purge_at: datetime, unless_cancelled: bool
    ) -> bool:
        """Replace what is known, and nothing else."""
        known = self.headers.get(batch.id)
        if known is None or batch.transfer is None:
            return False
        if known.transfer is None:
            return False
        cancelled = unless_cancelled and known.cancel_requested_at is not None
        if cancelled or known.transfer.token != batch.transfer.token:
            return known.transfer.token == transfer.token
        self.writes += 1
        self.headers[batch.id] = replace(known.moved(transfer), purge_at=purge_at)
        return True

    def count(self, shard: str, moves: Sequence[Move], *, keep_until: datetime) -> None:
        """Count what is beyond the mark."""
        key = (moves[0].batch_id, shard)
        counts, last = self.counters.get(key, (Counts(), ""))
        left = [move for move in moves if move.position > last]
        if left:
            self.writes += 1
            self.kept[key] = keep_until
            added = (sum(both) for both in zip(counts, delta(left), strict=True))
            self.counters[key] = Counts(*added), left[-1].position

    def ended(self, batch: Batch, *, now: datetime, purge_at: datetime) -> None:
        """The first end stays."""
        known = self.headers[batch.id]
        if known.ended_at is None:
            self.headers[batch.id] = replace(known, ended_at=now, purge_at=purge_at)

    def followed(self, batch: Batch, *, now: datetime) -> None:
        """The first stays."""
        known = self.headers[batch.id]
        self.headers[batch.id] = replace(known, followed_at=known.followed_at or now)

    def cancel(self, batch: Batch, *, now: datetime) -> None:
        """The first stays."""
        known = self.headers[batch.id]
        asked = known.cancel_requested_at or now
        self.headers[batch.id] = replace(known, cancel_requested_at=asked)
