"""Runs of a schedule that skips overlapping ones: no two are at work, whatever happens."""

from __future__ import annotations

from tests.property.machine import SHORTER, Lifecycle


class Skipping(Lifecycle):
    """Every command is a run of one of two schedules."""

    skips = True


class SkippingLists(Skipping):
    """The same where one invocation has several runs of a schedule in the list of a handler."""

    in_lists = True


TestSkipping = Skipping.TestCase
TestSkipping.settings = SHORTER
TestSkippingLists = SkippingLists.TestCase
TestSkippingLists.settings = SHORTER
