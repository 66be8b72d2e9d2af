"""How exactly commands start that wait for more than 15 minutes; `pytest -rP` prints figures."""

from __future__ import annotations

import pytest

from tests.property.scheduled import Day


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", [1_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_none_starts_early_and_99_of_100_within_two_seconds(number: int) -> None:
    """With so many outstanding and an empty queue; each runs once, and no schedule is left."""
    day = Day(number).play()
    late = sorted(day.late)
    p50, p99 = late[number // 2], late[number * 99 // 100]
    print(f"{number} commands: p50 {p50:.2f} s late, p99 {p99:.2f} s, most {late[-1]:.2f} s")
    assert late[0] >= -0.001  # sums of floats
    assert p99 <= 2.0
    assert set(day.runs.values()) == {1}
    assert len(day.runs) == number
    assert not day.scheduler.schedules
    assert not day.queue.mails
