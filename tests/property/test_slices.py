"""A job of 25 slices whose workers are killed fifty times; `pytest -rP` prints the figures."""

from __future__ import annotations

from random import Random

import pytest

from command_api.domain.model import Status
from tests.property.world import SLICES, World

KILLS, LAST_STEP = 50, 12


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
@pytest.mark.parametrize("seed", range(20))
def test_a_kill_repeats_at_most_the_slice_that_it_interrupts(seed: int, *, fifo: bool) -> None:
    """The job completes, and no step of it that is recorded runs again."""
    world, random, killed = World(fifo=fifo), Random(seed), 0  # noqa: S311 - the same in every run

    def kill() -> None:
        nonlocal killed
        killed += 1
        world.die()

    world.queue.submit('{"type": "long"}', "c-1", "a")
    while (visible := world.queue.next_visible()) is not None:
        world.now = max(world.now, visible)
        dies = killed < KILLS and random.random() < 0.97
        plan = {random.randint(1, LAST_STEP): kill} if dies else {}
        world.invoke(world.queue.receive(10), plan, skew=0.0, fan=1)

    runs = world.ledger.slices.total()
    repeated = runs - SLICES["long"]
    print(f"{runs} runs of {SLICES['long']} slices, {repeated} repeated by {killed} kills")
    job = world.commands.commands["c-1"]
    assert (job.status, job.slices + 1) == (Status.COMPLETED, SLICES["long"])
    assert killed == KILLS
    assert 0 < repeated <= KILLS
    assert world.ledger.broken == []
    assert world.queue.dead == {}
