"""Goes into the zip as its `handlers` package: work that fails until it is healed, and notes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

from command_api import Retryable
from command_api.adapters.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api import JSON, Context, Handlers

TRACES = os.environ["TRACES_TABLE"]
HEALED = {"id": {"S": "healed"}}


def work(_: Mapping[str, JSON], context: Context) -> JSON:
    """Note that it ran, then fail unless somebody has healed what is broken."""
    dynamodb = client("dynamodb")
    note = {"id": {"S": uuid4().hex}, "command": {"S": context.command.id}}
    dynamodb.put_item(TableName=TRACES, Item=note)
    if "Item" not in dynamodb.get_item(TableName=TRACES, Key=HEALED):
        raise Retryable("Not now.", after=0)
    return {}


HANDLERS: Handlers = {"work": work}
