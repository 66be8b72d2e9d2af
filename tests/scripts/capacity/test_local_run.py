"""The simulation against one small real run on the local stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.capacity.model import Load as Arrivals
from scripts.capacity.model import Sizes
from scripts.capacity.simulation import simulate
from scripts.stack.stack import LocalStack
from tests.bench.instrument_log import summed
from tests.bench.stage import Load, Stage
from tests.bench.workers import NAIVE
from tests.live import free_port

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES, WORK, BATCH = 60, 0.1, 5


def test_a_real_queue_drains_as_simulated(tmp_path: Path) -> None:
    """60 messages of 0.1 s, five a batch and two batches at a time: never faster than simulated.

    And at most 2.5 times slower, since the emulator and its cold starts share a busy machine.
    """
    stack = LocalStack(tmp_path / "stack", free_port())
    stack.start()
    try:
        notes = Stage(stack).run(NAIVE, Load(MESSAGES, WORK, BATCH, concurrency=2))
    finally:
        stack.stop()
    sizes = Sizes(
        batch_size=BATCH,
        batch_concurrency=1,
        max_concurrency=2,
        overhead_seconds=0,
        api_rate=None,
    )
    load = Arrivals(burst=MESSAGES, work_seconds=WORK)
    run = simulate(load, sizes, seconds=60, step=0.05)
    assert run.drained_at is not None
    assert 0.95 * run.drained_at <= summed(notes).wall <= 2.5 * run.drained_at
