"""What breaks first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.capacity.findings import findings
from scripts.capacity.model import Load, Sizes
from scripts.capacity.simulation import simulate

SIZES = Sizes(api_rate=None)


def _what(load: Load, sizes: Sizes, *, seconds: float = 300) -> list[str]:
    return [found.what for found in findings(load, sizes, simulate(load, sizes, seconds=seconds))]


@pytest.mark.parametrize(
    ("load", "sizes", "words"),
    [
        (Load(payload_bytes=300_000), SIZES, "exceeds the queue's size limit"),
        (Load(work_seconds=40), SIZES, "worker_lost"),
        (Load(), replace(SIZES, timeout_seconds=181), "a retention of 86400 s allows 39 receives"),
        (
            Load(work_seconds=20),
            replace(SIZES, batch_concurrency=5),
            "the remaining messages are retried later",
        ),
        (Load(), replace(SIZES, max_concurrency=1001), "default quota"),
        (Load(), replace(SIZES, max_concurrency=999, batch_size=1000), "messages in flight"),
        (Load(rate=200, work_seconds=1), SIZES, "grows without limit"),
        (Load(rate=200), Sizes(), "answers 429 to 100 of 200"),
        (Load(burst=9000, burst_seconds=9), Sizes(), "commands of the burst"),
        (Load(rate=9000), replace(SIZES, max_concurrency=900), "the table throttles"),
        (Load(rate=700), replace(SIZES, webhooks=True), "exceed the sender's 667"),
        (Load(rate=20), replace(SIZES, start_rate=9.8), "exceed the rate of the type, 9.8/s"),
    ],
)
def test_each_limit_is_named(load: Load, sizes: Sizes, words: str) -> None:
    """A load beyond a limit is told which one."""
    assert words in " | ".join(_what(load, sizes))


def test_the_first_finding_is_the_one_that_happens_first() -> None:
    """An overloaded queue overflows at once and loses commands a retention later."""
    load, sizes = Load(rate=200, work_seconds=1), replace(SIZES, retention_seconds=60)
    found = findings(load, sizes, simulate(load, sizes, seconds=600))
    assert [finding.at for finding in found] == sorted(finding.at for finding in found)
    assert "Terraform rejects this" in found[0].what
    assert "grows without limit" in found[1].what
    assert "SQS deletes messages" in found[-1].what


def test_a_load_within_all_limits_breaks_nothing() -> None:
    """A modest load has no findings."""
    assert _what(Load(rate=20, burst=100, burst_seconds=10), Sizes()) == []


def test_a_rate_is_no_limit_where_the_workers_are_slower() -> None:
    """The advice is about what gives way first."""
    load, sizes = Load(rate=200, work_seconds=1), replace(SIZES, start_rate=1000)
    (found,) = [
        one for one in findings(load, sizes, simulate(load, sizes, seconds=60)) if not one.at
    ]
    assert "exceed the worker's" in found.what
    assert "worker_max_concurrency" in found.advice
