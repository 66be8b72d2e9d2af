"""The short form of the scenarios in virtual time; `deliveries` is in tests/property."""

from __future__ import annotations

import pytest

from tests.faults.virtual import VIRTUAL, simulated

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", sorted({*VIRTUAL} - {"hand-overs", "slices", "deliveries"}))
def test_nobody_notices_the_trouble_of_others(name: str) -> None:
    """See the captured output for what was measured."""
    assert simulated(name, VIRTUAL[name], seed=1, count=20, say=print) == []
