"""The same with a FIFO queue: in each group, commands start in the order they were sent.

The world checks the order itself, whenever a handler starts.
"""

from __future__ import annotations

from typing import ClassVar

from tests.property.machine import SHORTER, Lifecycle


class FifoLifecycle(Lifecycle):
    """Everything that may happen to commands, in any order but their own."""

    fifo: ClassVar[bool] = True


TestFifoLifecycle = FifoLifecycle.TestCase
TestFifoLifecycle.settings = SHORTER
