"""No type starts more often than its rate, and hardly less often; `pytest -rP` prints figures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.property.limited import Limited, most_in

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE, HOUR = 60.0, 3_600.0


def busy(commands: int, rate: str, *, until: float, **options: Any) -> Limited:
    """So many commands of one type with this rate, and what its workers have done until then."""
    hour = Limited(rate=rate, **options)
    for number in range(commands):
        hour.ask("call", number, f"group-{number % 50}")
    hour.play(until)
    return hour


def figures(hour: Limited, starts: Sequence[float], seconds: float) -> float:
    """Print what was measured; the write units of a command."""
    units = hour.buckets.writes / len(starts)
    most = most_in(seconds, starts)
    print(
        f"{len(starts):,} starts, at most {most} in {seconds:.0f} s, {units:.3f} write units each"
    )
    return units


@pytest.mark.parametrize(
    "workers", [3, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, 5, 6, 10, 50))]
)
def test_ten_a_second_over_ten_minutes(workers: int) -> None:
    """Never more than ten in a second, 95 % of them used, 0.2 write units a command."""
    hour = busy(7_000, "10/s", until=10 * MINUTE, workers=workers)

    starts = [at for at in hour.started["call"] if at < 10 * MINUTE]
    units = figures(hour, starts, 1.0)
    assert most_in(1.0, starts) <= 10
    assert len(starts) >= 0.95 * 10 * 600
    assert units <= 0.2
    assert hour.attempts_lost == 0


@pytest.mark.long
@pytest.mark.parametrize(("rate", "seconds", "most"), [("5/min", 60.0, 5), ("0.5/s", 4.0, 2)])
def test_a_slow_rate_is_kept_over_its_whole_period(rate: str, seconds: float, most: int) -> None:
    """Two hundred at five a minute take forty minutes, and come back for that a few times each."""
    hour = busy(200, rate, until=2 * HOUR, workers=3)

    starts = hour.started["call"]
    figures(hour, starts, seconds)
    assert most_in(seconds, starts) <= most
    assert len(starts) == 200
    assert max(starts) <= 200 * seconds / most / 0.95
    assert hour.queue.dead == {}


@pytest.mark.long
def test_a_long_line_waits_outside_of_the_flight() -> None:
    """A queue allows 120,000 messages in flight; the end of a long line is not among them."""
    hour = busy(20_000, "10/s", until=15 * MINUTE, workers=20)

    flying = [mail for mail in hour.queue.mails.values() if mail.receives]
    assert len(flying) < 1_500
    assert len(hour.started["call"]) >= 0.95 * 10 * 900 - 200


def test_the_order_of_a_group_is_kept() -> None:
    """What finds no start holds up what follows in its group, and nothing else."""
    hour = busy(150, "2/s", until=HOUR, workers=3, fifo=True)

    starts = hour.started["call"]
    figures(hour, starts, 1.0)
    assert most_in(1.0, starts) <= 2
    assert len(starts) == 150
    assert hour.queue.dead == {}
    for group in range(50):
        mine = [number for number in hour.order if number % 50 == group]
        assert all(one < following for one, following in pairwise(mine))


def test_a_rate_holds_up_no_other_type() -> None:
    """Commands of a type without one run as if the others were not there."""
    hour = Limited(rate="1/s", workers=3)
    for number in range(300):
        hour.ask("call", number)
    hour.play(2 * MINUTE, arrivals={10.0 + number / 10: number for number in range(100)})

    waits = [at - (10.0 + number / 10) for number, at in enumerate(hour.started["echo"])]
    assert len(waits) == 100
    assert max(waits) < 3.0


def test_each_owner_has_a_bucket() -> None:
    """One with many commands takes nothing from another."""
    hour = Limited(rate="1/s", per="owner", workers=5)
    for number in range(300):
        hour.ask("call", number, owner="ann")
    for number in range(300, 320):
        hour.ask("call", number, owner=f"owner-{number % 2}")
    hour.play(2 * MINUTE)

    for owner in ("ann", "owner-0", "owner-1"):
        assert most_in(1.0, hour.by_owner[owner]) <= 1
    assert len(hour.by_owner["owner-0"]) == len(hour.by_owner["owner-1"]) == 10
    assert max(hour.by_owner["owner-0"] + hour.by_owner["owner-1"]) < MINUTE


@pytest.mark.long
def test_a_worker_that_dies_after_taking_starts_leaves_the_rate_less_used() -> None:
    """Five in a hundred takings end the process, and as many fail: nothing is lost, and the rate
    is kept."""
    hour = busy(1_500, "10/s", until=HOUR, workers=5, share=0.05)

    starts = hour.started["call"]
    figures(hour, starts, 1.0)
    print(f"{hour.deaths} processes died")
    assert hour.deaths > 5
    assert most_in(1.0, starts) <= 10
    assert hour.completed == 1_500
    assert hour.queue.dead == {}
    assert hour.attempts_lost == 0


def test_a_line_whose_messages_were_deleted_keeps_nobody_waiting() -> None:
    """Somebody purges the queue: what comes then does not queue up behind nobody."""
    hour = busy(5_000, "10/s", until=20.0, workers=10)
    hour.queue.purge()
    hour.play(60.0, arrivals={})
    hour.now = 60.0
    hour.ask("call", 9_999)
    hour.play(90.0)

    assert hour.ended["call-9999"] < 62.0
