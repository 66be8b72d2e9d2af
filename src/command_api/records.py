"""Stored commands, for whoever reads the table besides the framework: operators' tools, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command_api.adapters.dynamodb import item as items
from command_api.domain import lifecycle
from command_api.domain.json_text import moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore

__all__ = ["HISTORY", "SUMMARY", "moment", "observed", "store", "stored"]

# What a projection must have for `observed`, besides the time to live; inputs, results and errors
# are not among it.
SUMMARY = (
    *("id", "type", "status", "attempts", "maxAttempts", "createdAt", "updatedAt"),
    *("leaseExpiresAt", "waitsUntil", "owner"),
)
# And for `history.shown`.
HISTORY = ("past", "startedAt", "cancelRequestedAt", "handOver")


def store(client: Any, table: str, ttl_attribute: str) -> CommandStore:  # noqa: ANN401 - boto3's
    """The table by the worker's own rules, for tools that change records."""
    from command_api.adapters.dynamodb.commands import (  # noqa: PLC0415 - most tools only read
        DynamoDBCommands,
    )

    return DynamoDBCommands(client, table, ttl_attribute)


def stored(item: Mapping[str, Any], ttl_attribute: str) -> Command | None:
    """The command in an item as the worker finds it; None for a waiting input, which is none."""
    return items.command_of(item, ttl_attribute) if "status" in item else None


def observed(item: Mapping[str, Any], ttl_attribute: str, *, now: datetime) -> Command | None:
    """The command in an item by the same rule as the status function's; None past its time."""
    command = stored(item, ttl_attribute)
    return lifecycle.observed(command, now=now) if command else None
