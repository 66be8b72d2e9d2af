"""The same invariants where a handler takes several commands: each has all others beside it."""

from __future__ import annotations

from tests.property.machine import SHORTER, Lifecycle


class Lists(Lifecycle):
    """Commands of every kind in the lists of one handler."""

    in_lists = True


class FifoLists(Lists):
    """The same in the order of their groups."""

    fifo = True


TestLists = Lists.TestCase
TestLists.settings = SHORTER
TestFifoLists = FifoLists.TestCase
TestFifoLists.settings = SHORTER
