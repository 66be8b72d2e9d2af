"""The schedules of clients, for the function that makes and shows them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.recurring import EventBridgeRecurringSchedules
from command_api.settings import flag, required

if TYPE_CHECKING:
    from collections.abc import Mapping


def recurring(environ: Mapping[str, str]) -> EventBridgeRecurringSchedules:
    """The environment's group of schedules that clients have made."""
    return EventBridgeRecurringSchedules(
        partial(client, "scheduler"),
        group=required(environ, "RECURRING_GROUP"),
        role=required(environ, "RECURRING_ROLE_ARN"),
        url=required(environ, "RECURRING_QUEUE_URL"),
        unsent=required(environ, "RECURRING_UNSENT_ARN"),
        fair=flag(environ, "FAIR_QUEUE"),
    )
