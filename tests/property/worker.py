"""The worker under test: the real use cases, with the world in the place of AWS."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from command_api.domain.context import Registered
from command_api.domain.retry import RetryPolicy
from command_api.domain.timing import FARTHEST
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.fakes.commands import InMemorySecrets
from tests.property.watched import Watched

if TYPE_CHECKING:
    from command_api.domain.context import Handler
    from tests.property.world import World

PAUSE_SECONDS = 240.0
MAX_ATTEMPTS, RETENTION, MESSAGE_LIFE = 3, timedelta(days=30), timedelta(days=1)
HANDLED = (
    *("good", "committing", "once", "sliced", "flaky", "locked"),
    *("rejected", "failing", "deadly", "stoppable", "handed-over", "handed-over-again"),
)
QUIET = logging.getLogger("quiet")
QUIET.disabled = True


def process_batch(world: World, fan: int) -> ProcessBatch:
    """A worker that runs as many commands side by side."""
    store, queue, log = Watched(world, world.commands), Watched(world, world.queue), QUIET
    handlers: dict[str, Handler | Registered] = {
        kind: partial(world.handle, kind) for kind in HANDLED
    }
    # One that survives any number of kills.
    handlers["long"] = Registered(handle=partial(world.handle, "long"), max_attempts=100)
    # Lists of any kinds, so that each has every other one beside it.
    handlers["bulk"] = Registered(handle_many=world.handle_many, max_batch=4)
    runtime = Runtime(
        store=store,
        queue=queue,
        secrets=InMemorySecrets(),
        handlers=handlers,
        default_type="good",
        policy=RetryPolicy(max_attempts=MAX_ATTEMPTS),
        retention=RETENTION,
        message_life=MESSAGE_LIFE,
        logger=log,
        fifo=world.fifo,
        clock=world.clock,
        new_token=lambda: f"t-{next(world.tokens)}",
        spread=lambda: 1.0,
        sleep=world.pass_time,
        outcomes=True,
        reach=timedelta(0) if world.fifo else FARTHEST,
        schedules=Watched(world, world.schedules),
    )
    pause = Pause(types=frozenset(world.paused), runtime=runtime, seconds=PAUSE_SECONDS)
    return ProcessBatch(process=ProcessMessage(runtime), pause=pause, concurrency=fan)
