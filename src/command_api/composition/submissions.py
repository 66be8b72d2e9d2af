"""The way of a command into the queue, for the functions that store commands or send them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.submissions import DynamoDBSubmissions
from command_api.adapters.sqs.sender import SQSOutbox
from command_api.settings import flag, required, table

if TYPE_CHECKING:
    from collections.abc import Mapping


def submissions(environ: Mapping[str, str]) -> DynamoDBSubmissions:
    """The stored commands that are still to be sent."""
    return DynamoDBSubmissions(client("dynamodb"), *table(environ))


def outbox(environ: Mapping[str, str]) -> SQSOutbox:
    """The queue of commands; the client is made when the first one is sent."""
    queue_url = required(environ, "QUEUE_URL")
    return SQSOutbox(partial(client, "sqs"), queue_url, fair=flag(environ, "FAIR_QUEUE"))
