"""Runs of a schedule that skips overlapping ones: no two are at work, whatever happens."""

from __future__ import annotations

from hypothesis import settings

from tests.property.machine import Lifecycle


class Skipping(Lifecycle):
    """Every command is a run of one of two schedules."""

    skips = True


TestSkipping = Skipping.TestCase
TestSkipping.settings = settings(stateful_step_count=30)
