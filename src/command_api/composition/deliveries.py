"""The stored deliveries of webhooks, for the functions that show how a callback went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.settings import table

if TYPE_CHECKING:
    from collections.abc import Mapping


def deliveries(environ: Mapping[str, str]) -> DynamoDBCommands | None:
    """The table of deliveries, with the same time to live; None without webhooks."""
    name = environ.get("DELIVERIES_TABLE")
    return DynamoDBCommands(client("dynamodb"), name, table(environ)[1]) if name else None
