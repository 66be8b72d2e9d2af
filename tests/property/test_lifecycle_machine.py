"""The invariants of docs/lifecycle.md under any interleaving that hypothesis can think of."""

from __future__ import annotations

from tests.property.machine import LONG, Lifecycle

TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = LONG
