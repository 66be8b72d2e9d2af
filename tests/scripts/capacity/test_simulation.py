"""The simulation against what can be worked out by hand, and against its own conservation law."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.capacity import limits
from scripts.capacity.model import DIRECT, Load, Sizes, write_units
from scripts.capacity.simulation import simulate

# Ten batches of ten, a second each: 100 commands a second, and no API in front.
SIZES = Sizes(overhead_seconds=0, api_rate=None)
LOAD = Load(work_seconds=1)
HOUR = 3600.0


def test_a_queue_that_gets_more_than_it_takes_grows_by_the_difference() -> None:
    """Above its capacity the queue grows by rate minus capacity, every second."""
    run = simulate(replace(LOAD, rate=150), SIZES, seconds=HOUR)
    assert run.drained_at is None
    assert run.queued == pytest.approx((150 - 100) * HOUR, rel=0.01)


def test_commands_expire_when_the_queue_keeps_them_no_longer() -> None:
    """What waits beyond the retention is dropped, first after retention / (1 - capacity/rate)."""
    sizes = replace(SIZES, retention_seconds=60)
    run = simulate(replace(LOAD, rate=200), sizes, seconds=600)
    assert run.expired_at == pytest.approx(60 / (1 - 100 / 200), rel=0.1)
    assert run.oldest_seconds <= 61


def test_the_api_rejects_what_is_above_its_rate() -> None:
    """Of a flood only the bucket and the steady rate get through."""
    sizes = replace(SIZES, api_rate=50, api_burst=100)
    run = simulate(replace(LOAD, burst=10_000, burst_seconds=60), sizes, seconds=HOUR)
    assert run.accepted == pytest.approx(50 * 60 + 100)
    assert run.rejected == pytest.approx(10_000 - run.accepted)


def test_a_new_table_throttles_until_it_has_doubled() -> None:
    """4,000 write units at first; half an hour later twice the peak that it has seen."""
    sizes = replace(SIZES, max_concurrency=1000)
    load = replace(LOAD, rate=3000, payload_bytes=100)
    run = simulate(load, sizes, seconds=2 * HOUR)
    first = limits.TABLE_WCU / write_units(load, DIRECT)
    assert run.table_full_at is not None
    assert run.points[1700].queued == pytest.approx((3000 - first) * 1700, rel=0.05)
    assert run.queued < run.points[1799].queued


def test_a_rate_below_the_capacity_leaves_nothing_waiting() -> None:
    """Below its capacity the queue is empty again after every second, however long it goes on."""
    load = replace(LOAD, rate=90, burst_seconds=HOUR)
    run = simulate(load, SIZES, seconds=HOUR)
    assert run.deepest <= 5 * 90
    assert [point.queued for point in run.points[60:]] == [0.0] * (len(run.points) - 60)


def test_a_burst_drains_in_its_size_by_what_is_left_of_the_capacity() -> None:
    """burst / (capacity - rate), plus the seconds in which Lambda scales out."""
    run = simulate(replace(LOAD, rate=40, burst=60_000), SIZES, seconds=HOUR)
    assert run.drained_at == pytest.approx(60_000 / (100 - 40), abs=5)


def test_lambda_starts_with_five_batches_and_adds_three_hundred_a_minute() -> None:
    """A thousand concurrent batches are reached after 199 seconds, not at once."""
    sizes = replace(SIZES, max_concurrency=1000)
    run = simulate(replace(LOAD, rate=50_000), sizes, seconds=300)
    assert run.points[0].batches == 5
    assert run.points[60].batches == pytest.approx(305)
    reached = next(point.at for point in run.points if point.batches == 1000)
    assert reached == pytest.approx(1 + (1000 - 5) / 5)


def test_half_the_side_by_side_takes_twice_as_long() -> None:
    """A batch of ten that runs five at a time takes two turns."""
    assert replace(SIZES, batch_concurrency=5).batch_seconds(LOAD) == 2


LOADS = st.builds(
    Load,
    rate=st.floats(0, 500),
    burst=st.floats(0, 50_000),
    burst_seconds=st.sampled_from([0.0, 1.0, 7.5, 60.0]),
    work_seconds=st.floats(0.001, 20),
    payload_bytes=st.integers(1, 200_000),
)
FLEETS = st.builds(
    Sizes,
    batch_size=st.integers(1, 100),
    batch_concurrency=st.integers(1, 100),
    max_concurrency=st.integers(2, 1000),
    retention_seconds=st.sampled_from([60.0, 600.0, 86_400.0]),
    api_rate=st.one_of(st.none(), st.floats(1, 1000)),
)


@settings(max_examples=60, deadline=None)
@given(load=LOADS, sizes=FLEETS)
def test_no_command_is_lost_or_made_up(load: Load, sizes: Sizes) -> None:
    """offered = accepted + rejected, and accepted = done + queued + expired, whatever the load."""
    run = simulate(load, sizes, seconds=200)
    rounding = 1e-3 + 1e-9 * run.offered
    assert run.accepted + run.rejected == pytest.approx(run.offered, abs=rounding)
    assert run.done + run.queued + run.expired == pytest.approx(run.accepted, abs=rounding)
    assert min(run.done, run.queued, run.expired, run.rejected) >= -rounding
    assert all(point.batches <= sizes.max_concurrency for point in run.points)


@settings(max_examples=30, deadline=None)
@given(load=LOADS, sizes=FLEETS)
def test_more_workers_never_leave_more_waiting(load: Load, sizes: Sizes) -> None:
    """Doubling the workers does not deepen the queue at any moment."""
    more = replace(sizes, max_concurrency=2 * sizes.max_concurrency)
    few, many = simulate(load, sizes, seconds=120), simulate(load, more, seconds=120)
    for one, other in zip(few.points, many.points, strict=False):
        assert other.queued <= one.queued + 1e-3


@settings(max_examples=30, deadline=None)
@given(load=LOADS, sizes=FLEETS)
def test_the_oldest_command_ages_by_at_most_a_second_each_second(load: Load, sizes: Sizes) -> None:
    """Age follows the clock: it falls at any pace and rises only with time."""
    run = simulate(load, sizes, seconds=120)
    for before, after in pairwise(run.points):
        assert after.oldest_seconds <= before.oldest_seconds + 1 + 1e-6
