"""The way of a command into the queue, for the functions that store commands or send them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from command_api.adapters.sqs.sender import SQSSender
from command_api.composition.queues import queue_urls
from command_api.settings import flag, required, table

if TYPE_CHECKING:
    from collections.abc import Mapping


def outbox(environ: Mapping[str, str]) -> DynamoDBOutbox:
    """The stored commands that are still to be sent: the part of the table that is an outbox."""
    return DynamoDBOutbox(client("dynamodb"), *table(environ))


def sender(environ: Mapping[str, str]) -> SQSSender:
    """The queues of commands; the client is made when the first one is sent."""
    return SQSSender(
        partial(client, "sqs"),
        required(environ, "QUEUE_URL"),
        fair=flag(environ, "FAIR_QUEUE"),
        urls=queue_urls(environ),
    )
