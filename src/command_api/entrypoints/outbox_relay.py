"""The outbox relay: a function that sends what was stored and never sent.

A schedule lets it look for all of that. The table's stream tells it of what it may send at once.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from random import sample
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.outbox import outbox, sender
from command_api.composition.queues import queues
from command_api.settings import message_life
from command_api.usecases.relay import OutboxRelay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
relay = OutboxRelay(
    outbox=outbox(os.environ),
    sender=sender(os.environ),
    logger=logger,
    message_life=message_life(os.environ),
    queues=queues(os.environ),
    # Each run begins with another shard.
    order=lambda shards: sample(shards, len(shards)),
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Send what is pending, and say how many commands were sent, cleaned, skipped and failed."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    if records := event.get("Records"):
        ids = [record["dynamodb"]["Keys"]["id"]["S"] for record in records]
        return dict(relay.send_now(ids, deadline=datetime.now(UTC) + remaining))
    return dict(relay(deadline=datetime.now(UTC) + remaining))
