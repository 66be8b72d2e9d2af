"""Limits reached, in order: everything that a load runs into, by when it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.capacity import limits
from scripts.capacity.model import LEAST_RECEIVES, RECEIVER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.capacity.model import Load, Sizes
    from scripts.capacity.simulation import Run


@dataclass(frozen=True)
class Finding:
    """Something gives way `at` so many seconds; `advice` names the setting to change."""

    at: float
    what: str
    advice: str


def findings(load: Load, sizes: Sizes, run: Run) -> list[Finding]:
    """Everything that breaks, the first one first; empty where nothing does."""
    found = [*_at_once(load, sizes), *_in_time(load, sizes, run)]
    return sorted(found, key=lambda finding: finding.at)


def _at_once(load: Load, sizes: Sizes) -> Iterator[Finding]:
    if load.payload_bytes > limits.MESSAGE_BYTES:
        yield Finding(0, "a message exceeds the queue's size limit", "store large input in S3")
    if sizes.receives < LEAST_RECEIVES:
        yield Finding(
            0,
            f"Terraform rejects this: a retention of {sizes.retention_seconds:g} s allows"
            f" {sizes.receives} receives, but {LEAST_RECEIVES} are required",
            f"set sqs_retention_seconds = {2 * LEAST_RECEIVES * sizes.visibility_seconds:.0f},"
            " or lower worker_timeout",
        )
    seconds, alone = sizes.batch_seconds(load), sizes.batch_seconds(load, 1)
    if alone > sizes.timeout_seconds:
        yield Finding(
            0,
            f"a command takes {alone:.1f} s, more than the worker's timeout of"
            f" {sizes.timeout_seconds:g} s: it fails as worker_lost",
            "raise worker_timeout",
        )
    elif seconds > sizes.timeout_seconds:
        yield Finding(
            0,
            f"a batch takes {seconds:.1f} s, more than the worker's timeout of"
            f" {sizes.timeout_seconds:g} s: the remaining messages are retried later",
            "lower worker_batch_size or raise worker_timeout",
        )
    if sizes.max_concurrency > limits.ACCOUNT_CONCURRENCY:
        yield Finding(
            0,
            f"{sizes.max_concurrency} workers exceed an account's default quota of"
            f" {limits.ACCOUNT_CONCURRENCY}",
            "request a higher quota for concurrent executions",
        )
    if sizes.max_concurrency * sizes.batch_size > limits.IN_FLIGHT:
        yield Finding(
            0,
            f"{sizes.max_concurrency} batches of {sizes.batch_size} exceed the limit of"
            f" {limits.IN_FLIGHT} messages in flight",
            "lower worker_batch_size",
        )

    if sizes.webhooks and load.rate > (most := sizes.deliveries(RECEIVER_SECONDS)):
        yield Finding(
            0,
            f"{load.rate:g} webhooks/s exceed the sender's {most:.0f}, for receivers that answer"
            f" within {RECEIVER_SECONDS:g} s: deliveries are late",
            "raise notifications.webhooks.max_concurrency",
        )


def _in_time(load: Load, sizes: Sizes, run: Run) -> Iterator[Finding]:
    above = load.rate - sizes.api_rate if sizes.api_rate is not None else 0
    if above > 0:
        first = sizes.api_burst / above
        yield Finding(
            first if run.rejected_at is None else min(first, run.rejected_at),
            f"the API answers 429 to {above:g} of {load.rate:g} commands/s",
            "raise api.throttling",
        )
    elif run.rejected_at is not None:
        yield Finding(
            run.rejected_at,
            f"the API answers 429 to {run.rejected:.0f} commands of the burst",
            "let clients retry, or raise api.throttling",
        )
    if run.table_full_at is not None:
        yield Finding(
            run.table_full_at,
            "the table throttles writes until it has scaled up, and commands wait",
            "set a warm throughput before the burst",
        )
    limited = sizes.start_rate is not None and sizes.capacity(load) == sizes.start_rate
    arriving = min(load.rate, sizes.api_rate) if sizes.api_rate is not None else load.rate
    capacity = sizes.capacity(load)
    if arriving > capacity and limited:
        yield Finding(
            0,
            f"{arriving:g} commands/s exceed the rate of the type, {capacity:g}/s: the queue grows"
            " without limit",
            "raise the rate in HANDLERS if its downstream allows it, or accept fewer commands",
        )
    elif arriving > capacity:
        yield Finding(
            0,
            f"{arriving:g} commands/s exceed the worker's {capacity:.1f}: the queue grows"
            " without limit",
            "raise worker_max_concurrency, or worker.batch_concurrency for handlers that wait"
            " for I/O",
        )
    if run.expired_at is not None:
        yield Finding(
            run.expired_at,
            f"SQS deletes messages after {sizes.retention_seconds:g} s:"
            f" {run.expired:.0f} commands so far",
            "raise sqs_retention_seconds"
            + (" or the rate of the type" if limited else " and worker_max_concurrency"),
        )
    elif arriving > capacity:
        yield Finding(
            sizes.retention_seconds / (1 - capacity / arriving),
            f"SQS deletes messages after {sizes.retention_seconds:g} s",
            "raise the rate of the type before then"
            if limited
            else "raise worker_max_concurrency before then",
        )
