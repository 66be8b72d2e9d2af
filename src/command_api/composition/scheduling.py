"""How far ahead commands may be scheduled, and by what."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.domain.envelope import is_fifo
from command_api.domain.timing import FARTHEST, LONGEST_DELAY
from command_api.settings import required

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.ports import Schedules


def reach(environ: Mapping[str, str]) -> timedelta:
    """The longest time ahead; 0 where the queue keeps an order, which a later start would break."""
    if is_fifo(required(environ, "QUEUE_URL")):
        return timedelta(0)
    return FARTHEST if environ.get("SCHEDULE_GROUP") else LONGEST_DELAY


def schedules(environ: Mapping[str, str]) -> Schedules | None:
    """The environment's group of schedules; None where it has none."""
    group = environ.get("SCHEDULE_GROUP")
    if not group:
        return None
    from command_api.adapters.schedules import (  # noqa: PLC0415 - only where there is a group
        EventBridgeSchedules,
    )

    role, url = required(environ, "SCHEDULE_ROLE_ARN"), required(environ, "SCHEDULE_QUEUE_URL")
    return EventBridgeSchedules(partial(client, "scheduler"), group, role, url)
