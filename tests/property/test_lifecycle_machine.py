"""The invariants of docs/lifecycle.md under any interleaving that hypothesis can think of."""

from __future__ import annotations

from hypothesis import settings

from tests.property.machine import Lifecycle

TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(stateful_step_count=30)
