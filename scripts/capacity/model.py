"""The load, the worker's sizes, and what follows from both without a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scripts.capacity import limits

# What a command's item holds besides its result, about. It holds no input: the message does.
ITEM_OVERHEAD_BYTES = 600
# A validated submission keeps the input until the queue has it: a short one in the command's item,
# another in an item of its own, which TTL deletes without a charge.
INLINE_INPUT_BYTES, INPUT_OVERHEAD_BYTES = 256, 100
DIRECT, VALIDATED = "direct", "validated"
# What the worker adds to a command's work: two DynamoDB writes and itself.
OVERHEAD_SECONDS = 0.012
# A batch of module `webhooks`, whose deliveries run side by side, and how long a receiver takes.
SENDER_BATCH, RECEIVER_SECONDS = 10, 0.15
# Changes that the batch counter takes at once and for how long it waits for them, as module
# `batches` sets it; a member is counted when it begins and when it ends.
COUNTER_BATCH, COUNTER_WINDOW_SECONDS, COUNTED_CHANGES = 1000, 1, 2
# What a command with a rate costs at most for its start and its place in the line; docs/rates.md
# says how it was measured. A place is a delayed copy of up to that many seconds: three requests.
RATE_WRITE_UNITS, WAIT_SECONDS, WAIT_REQUESTS = 0.2, 900, 3
# Fewer receives than this would dead-letter in a bad hour; Terraform refuses them.
LEAST_RECEIVES, MOST_RECEIVES = 40, 1000


@dataclass(frozen=True, kw_only=True)
class Load:
    """What comes in: `rate` per second all the time, and `burst` more within `burst_seconds`."""

    rate: float = 0.0
    burst: float = 0.0
    burst_seconds: float = 0.0
    work_seconds: float = 0.05
    payload_bytes: int = limits.KB
    result_bytes: int = 200

    @property
    def item_bytes(self) -> int:
        """A completed command's item; a result above the limit is in S3."""
        kept = self.result_bytes if self.result_bytes <= limits.RESULT_BYTES else 0
        return ITEM_OVERHEAD_BYTES + kept

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
    submission: str = DIRECT
    events: str = ""
    webhooks: bool = False
    push: bool = False
    batches: bool = False
    sender_concurrency: int = 10
    api_rate: float | None = 100
    api_burst: float = 200
    overhead_seconds: float = OVERHEAD_SECONDS
    # Starts per second that the type's `rate` allows; None without one.
    start_rate: float | None = None

    def batch_seconds(self, load: Load, messages: float | None = None) -> float:
        """How long a batch runs: its messages side by side, `batch_concurrency` at a time."""
        turns = math.ceil((messages or self.batch_size) / self.batch_concurrency)
        return turns * (load.work_seconds + self.overhead_seconds)

    def per_batch(self, load: Load) -> float:
        """Commands per second of one concurrent batch after the other, all full."""
        return self.batch_size / self.batch_seconds(load)

    @property
    def listens(self) -> bool:
        """Whether anything is told of commands."""
        return bool(self.events) or self.webhooks or self.push

    @property
    def changes(self) -> int:
        """How many writes of a command the notifier is invoked for.

        Its end; with push, all that have a status: its claim, and what stores and sends it.
        """
        if not self.push:
            return 1
        return 4 if self.submission == VALIDATED else 2

    def deliveries(self, seconds: float) -> float:
        """Webhooks per second, where each takes so long."""
        return self.sender_concurrency * SENDER_BATCH / seconds

    @property
    def most_batches(self) -> int:
        """How many batches ever run at the same time."""
        return min(self.max_concurrency, limits.MOST_BATCHES, limits.IN_FLIGHT // self.batch_size)

    @property
    def visibility_seconds(self) -> float:
        """How long a message is hidden after a receive, as modules/queue derives it."""
        return 6 * self.timeout_seconds + self.window_seconds

    @property
    def receives(self) -> int:
        """After how many receives SQS itself dead-letters: half of the retention at the latest."""
        return min(MOST_RECEIVES, int(self.retention_seconds // (2 * self.visibility_seconds)))

    def capacity(self, load: Load) -> float:
        """Commands per second once Lambda has scaled out, as far as the table keeps up."""
        table = limits.TABLE_WCU_QUOTA / write_units(load, self.submission)
        workers = self.most_batches * self.per_batch(load)
        return min(workers, table, self.start_rate or math.inf)


def write_units(load: Load, submission: str) -> int:
    """DynamoDB write units of a command that succeeds at once: claim, finish, submission.

    A validated submission stores the command and notes that it was sent, each of them with a write
    to the index of the outbox.
    """
    units = _units(ITEM_OVERHEAD_BYTES) + _units(load.item_bytes)
    if submission != VALIDATED:
        return units
    inline = load.payload_bytes if load.payload_bytes <= INLINE_INPUT_BYTES else 0
    units += 2 * (_units(ITEM_OVERHEAD_BYTES + inline) + 1)
    return units if inline else units + _units(load.payload_bytes + INPUT_OVERHEAD_BYTES)


def _units(size: int) -> int:
    return math.ceil(size / limits.WCU_BYTES)
