"""The alarms of further queues."""

from __future__ import annotations

import pytest

from scripts.drill.rounds import Drill
from tests.targets import target


@pytest.mark.parametrize(
    ("key", "parted"),
    [
        ("worker-errors", ("worker-errors", "default")),
        ("worker-errors-slow", ("worker-errors", "slow")),
        ("customers-affected", ("customers-affected", "default")),
    ],
)
def test_an_alarm_of_a_queue_is_rung_there(key: str, parted: tuple[str, str]) -> None:
    """Its section of the runbook is that of the default queue's alarm."""
    drill = Drill(target({"queues": {"slow": {}}}), print, 1.0)
    assert drill._parted(key) == parted
