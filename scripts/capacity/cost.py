"""What a month costs on list prices: each service's own way of counting, command by command."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.capacity import limits
from scripts.capacity.model import INLINE_INPUT_BYTES, VALIDATED, write_units

if TYPE_CHECKING:
    from scripts.capacity.model import Load, Sizes

LOG_BYTES = 500  # of one command, at level INFO
STATUS_SECONDS, SUBMIT_SECONDS, API_MEMORY_MB = 0.01, 0.05, 256
NOTIFIER_SECONDS = 0.05  # of a batch; its memory is that of the API's functions
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
            "DynamoDB, reads": commands * polls * reads * limits.READ_UNIT,
            "DynamoDB, storage": stored * rent,
            **_events(load, sizes, steady, extra),
            "CloudWatch Logs": commands * LOG_BYTES / limits.GB * limits.LOG_GB,
        },
    )


def _sqs(load: Load, commands: float, batches: list[tuple[float, float]]) -> float:
    # A request of any kind counts once per 64 KB, received batches by what they carry.
    sends = commands * math.ceil(load.payload_bytes / limits.SQS_BYTES)
    receives = sum(
        count * math.ceil(size * load.payload_bytes / limits.SQS_BYTES) for count, size in batches
    )
    deletes = sum(count for count, _ in batches)
    return (sends + receives + deletes) * limits.SQS_REQUEST


def _events(load: Load, sizes: Sizes, steady: float, extra: float) -> dict[str, float]:
    """One event for each command; what its subscribers cost is up to them."""
    if not sizes.events:
        return {}
    size = min(limits.STREAM_BATCH, max(1.0, load.rate * limits.STREAM_POLL_SECONDS))
    batches = steady / size + extra / limits.STREAM_BATCH
    return {
        "Lambda, notifier": batches * _api(sizes, NOTIFIER_SECONDS),
        _BUS[sizes.events]: (steady + extra) * limits.EVENT[sizes.events],
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
