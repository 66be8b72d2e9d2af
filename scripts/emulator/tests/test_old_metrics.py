"""Metrics that are too old go, at a price that does not grow with each call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ministack.services import cloudwatch

from ministack_extensions.cloudwatch import old_metrics

if TYPE_CHECKING:
    import pytest


def test_old_metrics_are_looked_for_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is two weeks old is gone a minute later at most, by whichever call comes then."""
    now, key = [1000.0], ("Own", "Late", ())
    monkeypatch.setattr(cloudwatch, "_evict_old_metrics", cloudwatch._evict_old_metrics)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setitem(cloudwatch._metrics, key, [])
    old_metrics.evict_seldom()
    for seconds, kept in ((0, False), (1, True), (old_metrics.SECONDS - 1, False)):
        now[0] += seconds
        old = {"Timestamp": time.time() - cloudwatch.TWO_WEEKS_SECONDS - 1}
        cloudwatch._metrics[key] = [old]
        cloudwatch._evict_old_metrics()
        assert (key in cloudwatch._metrics) is kept
        cloudwatch._metrics[key] = []
