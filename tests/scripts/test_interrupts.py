"""Ctrl-C is heard soon, at whatever moment it comes."""

from __future__ import annotations

import time

import pytest

from scripts import interrupts


def test_a_long_sleep_is_many_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python hears of a signal that comes just before a sleep only at its end."""
    naps: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: sum(naps))
    monkeypatch.setattr(time, "sleep", naps.append)

    interrupts.sleep(60)

    assert sum(naps) == pytest.approx(60)
    assert max(naps) <= 0.5
