"""The load, the worker's sizes, and what follows from both without a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scripts.capacity import limits

# What a command's item holds besides its input and its result, about.
ITEM_OVERHEAD_BYTES = 600
# What the worker adds to a command's work: two DynamoDB writes and itself.
OVERHEAD_SECONDS = 0.012
WRITES = 2


@dataclass(frozen=True, kw_only=True)
class Load:
    """What comes in: `rate` per second all the time, and `burst` more within `burst_seconds`."""

    rate: float = 0.0
    burst: float = 0.0
    burst_seconds: float = 0.0
    work_seconds: float = 0.05
    payload_bytes: int = limits.KB

    def offered(self, start: float, end: float) -> float:
        """How many commands clients send from one moment to another, in seconds."""
        steady = self.rate * (end - start)
        if not self.burst_seconds:
            return steady + (self.burst if start == 0 else 0)
        inside = max(0.0, min(end, self.burst_seconds) - start)
        return steady + self.burst * inside / self.burst_seconds


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """An environment's settings; `api_rate` is None where commands do not come through the API."""

    batch_size: int = 10
    batch_concurrency: int = 10
    window_seconds: float = 0
    max_concurrency: int = 10
    timeout_seconds: float = 30
    memory_mb: int = 256
    architecture: str = "arm64"
    retention_seconds: float = 86_400
    command_days: int = 30
    recovery: bool = True
    api_rate: float | None = 100
    api_burst: float = 200
    overhead_seconds: float = OVERHEAD_SECONDS

    def batch_seconds(self, load: Load, messages: float | None = None) -> float:
        """How long a batch runs: its messages side by side, `batch_concurrency` at a time."""
        turns = math.ceil((messages or self.batch_size) / self.batch_concurrency)
        return turns * (load.work_seconds + self.overhead_seconds)

    def per_batch(self, load: Load) -> float:
        """Commands per second of one concurrent batch after the other, all full."""
        return self.batch_size / self.batch_seconds(load)

    @property
    def most_batches(self) -> int:
        """How many batches ever run at the same time."""
        return min(self.max_concurrency, limits.MOST_BATCHES, limits.IN_FLIGHT // self.batch_size)

    def capacity(self, load: Load) -> float:
        """Commands per second once Lambda has scaled out, as far as the table keeps up."""
        table = limits.TABLE_WCU_QUOTA / write_units(load)
        return min(self.most_batches * self.per_batch(load), table)


def write_units(load: Load) -> int:
    """DynamoDB write units of one command: the whole item counts, in each of its writes."""
    return WRITES * math.ceil((load.payload_bytes + ITEM_OVERHEAD_BYTES) / limits.WCU_BYTES)
