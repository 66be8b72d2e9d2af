"""A queue, second by second: what arrives, what the worker takes, what waits and for how long.

A fluid model: commands are amounts, taken in the order in which they came. Within a step nothing
is lost or made up: accepted = done + queued + expired, and offered = accepted + rejected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.capacity import limits
from scripts.capacity.model import write_units

if TYPE_CHECKING:
    from scripts.capacity.model import Load, Sizes

SETTLED_SECONDS = 60.0
_NOTHING = 1e-6  # less than this of a command is rounding


@dataclass(frozen=True)
class Point:
    """The state at the end of a step; times in seconds, everything else in commands."""

    at: float
    queued: float
    oldest_seconds: float
    batches: float


@dataclass
class Run:
    """What a simulation saw; moments are in seconds from its start, None for never."""

    points: list[Point] = field(default_factory=list)
    offered: float = 0.0
    accepted: float = 0.0
    rejected: float = 0.0
    done: float = 0.0
    expired: float = 0.0
    queued: float = 0.0
    drained_at: float | None = None
    rejected_at: float | None = None
    expired_at: float | None = None
    table_full_at: float | None = None

    @property
    def deepest(self) -> float:
        """The most commands that ever waited."""
        return max((point.queued for point in self.points), default=0.0)

    @property
    def oldest_seconds(self) -> float:
        """The longest that any command waited."""
        return max((point.oldest_seconds for point in self.points), default=0.0)


def simulate(load: Load, sizes: Sizes, *, seconds: float, step: float = 1.0) -> Run:
    """Run until the burst is over and nothing has waited for a while, at most so many seconds."""
    run, line = Run(), _Line()
    entry_point, table = _EntryPoint(sizes), _Table(write_units(load, sizes.submission))
    batches = 0.0
    for number in range(max(1, round(seconds / step))):
        start, end = number * step, (number + 1) * step
        offered = load.offered(start, end)
        accepted = entry_point.accept(offered, step)
        line.arrive(end, accepted)
        # Lambda scales out while messages are left over, and back once there are none.
        batches = min(
            sizes.most_batches,
            batches + limits.MORE_PER_SECOND * step if number else limits.FIRST_BATCHES,
        )
        able = min(batches * sizes.per_batch(load), sizes.start_rate or math.inf) * step
        allowed = table.allow(min(able, line.waiting), end, step)
        if allowed < min(able, line.waiting) - _NOTHING and run.table_full_at is None:
            run.table_full_at = start
        line.take(allowed)
        if not line.waiting:
            # Enough for what comes in, and never fewer than the queue is polled with.
            needed = allowed / (sizes.per_batch(load) * step)
            batches = min(sizes.most_batches, max(limits.FIRST_BATCHES, needed))
        lost = line.expire(end - sizes.retention_seconds)
        run.offered += offered
        run.accepted += accepted
        run.rejected += offered - accepted
        run.done += allowed
        run.expired += lost
        if offered - accepted > _NOTHING and run.rejected_at is None:
            run.rejected_at = start
        if lost and run.expired_at is None:
            run.expired_at = end
        run.points.append(Point(end, line.waiting, line.oldest(end), batches))
        if line.waiting or end < load.burst_seconds:
            run.drained_at = None
        elif run.drained_at is None:
            run.drained_at = end
        elif end - run.drained_at >= SETTLED_SECONDS:
            break
    run.queued = line.waiting
    return run


class _Line:
    """Commands in order: cumulated arrivals, and how far the front has come."""

    def __init__(self) -> None:
        self._arrivals: list[tuple[float, float]] = []
        self._total = self._front = 0.0
        self._first = 0

    @property
    def waiting(self) -> float:
        left = self._total - self._front
        return left if left > _NOTHING else 0.0

    def arrive(self, at: float, amount: float) -> None:
        self._total += amount
        self._arrivals.append((at, self._total))

    def take(self, amount: float) -> None:
        self._front += amount
        self._skip()

    def expire(self, before: float) -> float:
        """Drop what came before that moment; how much it was."""
        left = self._front
        while self.waiting and self._arrivals[self._first][0] < before:
            self._front = max(self._front, self._arrivals[self._first][1])
            self._skip()
        return self._front - left

    def oldest(self, now: float) -> float:
        return now - self._arrivals[self._first][0] if self.waiting else 0.0

    def _skip(self) -> None:
        last = len(self._arrivals) - 1
        while self._first < last and self._arrivals[self._first][1] <= self._front + _NOTHING:
            self._first += 1


class _EntryPoint:
    """API Gateway's throttling: a bucket of tokens.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    """

    def __init__(self, sizes: Sizes) -> None:
        self._rate, self._most = sizes.api_rate, sizes.api_burst
        self._tokens = sizes.api_burst

    def accept(self, offered: float, step: float) -> float:
        if self._rate is None:
            return offered
        # What the rate fills in during the step can be spent in it.
        available = self._tokens + self._rate * step
        accepted = min(offered, available)
        self._tokens = min(self._most, available - accepted)
        return accepted


class _Table:
    """An on-demand table: what it starts with, then twice its previous peak, up to the quota."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._limit = float(limits.TABLE_WCU)
        self._peak = 0.0
        self._grows_at = float(limits.PEAK_SECONDS)

    def allow(self, commands: float, now: float, step: float) -> float:
        if now >= self._grows_at:
            self._grows_at += limits.PEAK_SECONDS
            self._limit = min(max(self._limit, 2 * self._peak), limits.TABLE_WCU_QUOTA)
        allowed = min(commands, self._limit * step / self._units)
        self._peak = max(self._peak, allowed * self._units / step)
        return allowed
