"""Commands that are handed over while their workers are killed; `pytest -rP` prints the figures."""

from __future__ import annotations

import pytest

from tests.property.handing_over import TAKES, played


@pytest.mark.parametrize("seed", range(5))
def test_a_hand_over_has_one_outcome(seed: int) -> None:
    """Whoever dies and reports when: nothing is stuck, and what comes too late is refused."""
    outside = played(seed, 100)
    print(dict(outside.count))
    assert outside.contradictions() == []
    assert all(outside.count[way] for way in TAKES)
    assert outside.count["kills"] > 50
    assert outside.count["refused"] > 0
