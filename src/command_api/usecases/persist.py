"""Write the outcome of work that is done: giving up is what would repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable
from command_api.usecases.report import trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from command_api.usecases.runtime import Runtime


# What an attempt needs besides its handler: its writes, and their retries in a bad hour.
RESERVE_SECONDS = 1.0


def persist(runtime: Runtime, deadline: datetime, write: Callable[[], object]) -> None:
    """Write again and again until it is written or the time is up, where that can help."""
    pause = 0.05
    while True:
        try:
            write()
        except (Unavailable, OSError) as error:
            remaining = (deadline - runtime.clock()).total_seconds()
            if remaining < RESERVE_SECONDS:
                raise
            runtime.logger.warning("write failed, retrying", extra=trouble(error))
            runtime.sleep(min(pause, remaining / 2) * runtime.spread())
            pause *= 2
        else:
            return
