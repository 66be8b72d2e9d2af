"""What a month costs on list prices: each service's own way of counting, command by command."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scripts.capacity import limits
from scripts.capacity.model import (
    COUNTED_CHANGES,
    COUNTER_BATCH,
    COUNTER_WINDOW_SECONDS,
    INLINE_INPUT_BYTES,
    RATE_WRITE_UNITS,
    RECEIVER_SECONDS,
    VALIDATED,
    WAIT_REQUESTS,
    WAIT_SECONDS,
    Load,
    write_units,
)

if TYPE_CHECKING:
    from scripts.capacity.model import Sizes

LOG_BYTES = 500  # of one command, at level INFO
STATUS_SECONDS, SUBMIT_SECONDS, API_MEMORY_MB = 0.01, 0.05, 256
# Of a batch of changes, and of a message; the memory is that of the API's functions.
NOTIFIER_SECONDS, PUSH_SECONDS, COUNTER_SECONDS = 0.05, 0.05, 0.05
_BUS = {"eventbridge": "EventBridge", "sns": "SNS"}
_DAYS = limits.MONTH_SECONDS / 86_400


@dataclass(frozen=True)
class Bill:
    """Dollars a month by service; `commands` is how many it is for."""

    commands: float
    items: dict[str, float]

    @property
    def total(self) -> float:
        """All services together."""
        return sum(self.items.values())


def month(load: Load, sizes: Sizes, *, bursts: float = 0, polls: float = 1) -> Bill:
    """The bill of a month of the load's rate and so many of its bursts.

    `polls` is how often a client asks for a command. A burst fills its batches; at the steady rate
    a batch holds what arrives while Lambda waits for it, at least one command.
    """
    steady, extra = load.rate * limits.MONTH_SECONDS, load.burst * bursts
    commands = steady + extra
    size = min(sizes.batch_size, max(1.0, load.rate * sizes.window_seconds))
    batches = [(steady / size, size), (extra / sizes.batch_size, float(sizes.batch_size))]
    validated = sizes.submission == VALIDATED
    apart = load.payload_bytes if validated and load.payload_bytes > INLINE_INPUT_BYTES else 0
    kept = load.item_bytes + apart
    stored = commands / _DAYS * sizes.command_days * kept / limits.GB
    rent = limits.TABLE_GB_MONTH + (limits.RECOVERY_GB_MONTH if sizes.recovery else 0)
    reads = limits.EVENTUAL_READ * math.ceil(load.item_bytes / limits.RCU_BYTES)
    posts = math.ceil(load.payload_bytes / limits.API_BYTES) if sizes.api_rate is not None else 0
    return Bill(
        commands,
        {
            "API Gateway": commands * (posts + polls) * limits.API_REQUEST,
            "SQS": _sqs(load, commands, batches),
            "SQS, polling an idle queue": _idle_polls() * limits.SQS_REQUEST,
            "Lambda, worker": _worker(load, sizes, batches),
            **({"Lambda, submit": commands * _api(sizes, SUBMIT_SECONDS)} if validated else {}),
            "Lambda, status": commands * polls * _api(sizes, STATUS_SECONDS),
            "DynamoDB, writes": commands * write_units(load, sizes.submission) * limits.WRITE_UNIT,
            **_limited(load, sizes, commands, extra),
            "DynamoDB, reads": commands * polls * reads * limits.READ_UNIT,
            "DynamoDB, storage": stored * rent,
            **_told(load, sizes, steady, extra),
            **_counted(load, sizes, steady, extra),
            "CloudWatch Logs": commands * LOG_BYTES / limits.GB * limits.LOG_GB,
        },
    )


def _limited(load: Load, sizes: Sizes, commands: float, extra: float) -> dict[str, float]:
    """The starts of a type with a rate, and how often the commands of a burst wait for theirs."""
    if sizes.start_rate is None:
        return {}
    # On average half of the burst is before a command; each wait ends after a quarter of an hour.
    mean = load.burst / sizes.start_rate / 2
    waits = (
        extra * math.ceil(mean / WAIT_SECONDS) * math.ceil(load.payload_bytes / limits.SQS_BYTES)
    )
    return {
        "DynamoDB, rate": commands * RATE_WRITE_UNITS * limits.WRITE_UNIT,
        "SQS, waits for the rate": waits * WAIT_REQUESTS * limits.SQS_REQUEST,
    }


def _sqs(load: Load, commands: float, batches: list[tuple[float, float]]) -> float:
    # A request of any kind counts once per 64 KB, received batches by what they carry.
    sends = commands * math.ceil(load.payload_bytes / limits.SQS_BYTES)
    receives = sum(
        count * math.ceil(size * load.payload_bytes / limits.SQS_BYTES) for count, size in batches
    )
    deletes = sum(count for count, _ in batches)
    return (sends + receives + deletes) * limits.SQS_REQUEST


def _told(load: Load, sizes: Sizes, steady: float, extra: float) -> dict[str, float]:
    """An event, a webhook and a watcher for each command, as far as the environment has them.

    What the subscribers of events cost is up to them.
    """
    if not sizes.listens:
        return {}
    commands, changes = steady + extra, sizes.changes
    size = min(limits.STREAM_BATCH, max(1.0, load.rate * changes * limits.STREAM_POLL_SECONDS))
    batches = changes * (steady / size + extra / limits.STREAM_BATCH)
    items = {"Lambda, notifier": batches * _api(sizes, NOTIFIER_SECONDS)}
    if sizes.events:
        items[_BUS[sizes.events]] = commands * limits.EVENT[sizes.events]
    if sizes.webhooks:
        items["webhooks"] = commands * _webhook(sizes)
    if sizes.push:
        items["push"] = commands * (changes * limits.READ_UNIT + _watcher(sizes))
    return items


def _counted(load: Load, sizes: Sizes, steady: float, extra: float) -> dict[str, float]:
    """Counting, as if each command belonged to one batch: a run and a write for many changes."""
    if not sizes.batches:
        return {}
    arriving = load.rate * COUNTED_CHANGES * COUNTER_WINDOW_SECONDS
    size = min(COUNTER_BATCH, max(1.0, arriving))
    runs = COUNTED_CHANGES * (steady / size + extra / COUNTER_BATCH)
    return {"batch counter": runs * (_api(sizes, COUNTER_SECONDS) + limits.WRITE_UNIT)}


def _webhook(sizes: Sizes) -> float:
    """A delivery that succeeds at once, alone in its batch: a message, a run and a record."""
    messages = 3 * limits.SQS_REQUEST
    run = _api(sizes, RECEIVER_SECONDS + sizes.overhead_seconds)
    # As of any command, one more for what was sent, and three in the index by status.
    record = (2 + 1 + 3) * limits.WRITE_UNIT
    return messages + run + record


def _watcher(sizes: Sizes) -> float:
    """One who watches a command from a connection: its message, the answer, and each change."""
    messages = (2 + sizes.changes) * limits.SOCKET_MESSAGE
    # A count and a watch, which is deleted at the end; the command is read for the answer.
    watch = 3 * limits.WRITE_UNIT + limits.READ_UNIT
    return messages + _api(sizes, PUSH_SECONDS) + watch


def told(sizes: Sizes) -> dict[str, float]:
    """Dollars per million of each way to hear of an end, at low rates; five polls beside it."""
    nothing = replace(sizes, events="", webhooks=False, push=False)

    def of(one: Sizes) -> float:
        bill = month(Load(rate=0.01), one)
        return bill.total / bill.commands * limits.MILLION

    off = of(nothing)
    poll = (
        limits.API_REQUEST + _api(sizes, STATUS_SECONDS) + limits.EVENTUAL_READ * limits.READ_UNIT
    )
    return {
        "eventbridge": of(replace(nothing, events="eventbridge")) - off,
        "sns": of(replace(nothing, events="sns")) - off,
        "webhook": of(replace(nothing, webhooks=True)) - off,
        "watched": of(replace(nothing, push=True)) - off,
        "five polls": 5 * poll * limits.MILLION,
    }


def _idle_polls() -> float:
    return limits.FIRST_BATCHES * limits.MONTH_SECONDS / limits.POLL_SECONDS


def _worker(load: Load, sizes: Sizes, batches: list[tuple[float, float]]) -> float:
    second = sizes.memory_mb / 1024 * limits.GB_SECOND[sizes.architecture]
    return sum(
        count * (limits.INVOCATION + sizes.batch_seconds(load, size) * second)
        for count, size in batches
    )


def _api(sizes: Sizes, seconds: float) -> float:
    second = API_MEMORY_MB / 1024 * limits.GB_SECOND[sizes.architecture]
    return limits.INVOCATION + seconds * second
