"""A job of 25 slices whose workers are killed fifty times; `pytest -rP` prints the figures."""

from __future__ import annotations

import pytest

from tests.property.slices import job


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
@pytest.mark.parametrize("seed", range(20))
def test_a_kill_repeats_at_most_the_slice_that_it_interrupts(seed: int, *, fifo: bool) -> None:
    """The job completes, and no step of it that is recorded runs again."""
    played = job(seed, fifo=fifo)
    print(f"{played.repeated} slices repeated by {played.kills} kills")
    assert played.contradictions() == []
    assert played.repeated > 0
