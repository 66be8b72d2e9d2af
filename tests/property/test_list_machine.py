"""The same invariants where a handler takes several commands: each has all others beside it."""

from __future__ import annotations

from hypothesis import settings

from tests.property.machine import Lifecycle


class Lists(Lifecycle):
    """Commands of every kind in the lists of one handler."""

    in_lists = True


class FifoLists(Lists):
    """The same in the order of their groups."""

    fifo = True


TestLists = Lists.TestCase
TestLists.settings = settings(stateful_step_count=30, max_examples=100)
TestFifoLists = FifoLists.TestCase
TestFifoLists.settings = settings(stateful_step_count=30, max_examples=100)
