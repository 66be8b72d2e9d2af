"""Changes of commands, as the table's stream has them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command_api.adapters.dynamodb.item import command_of
from command_api.domain.ending import Change

if TYPE_CHECKING:
    from collections.abc import Mapping


def change_of(record: Mapping[str, Any], ttl_attribute: str) -> Change | None:
    """The change in a record; None for what is no command, like an input's item, or was deleted.

    Raises any error where the record cannot be read.
    """
    images = record["dynamodb"]
    new, old = images.get("NewImage"), images.get("OldImage")
    if not new or "status" not in new:
        return None
    before = command_of(old, ttl_attribute) if old and "status" in old else None
    return Change(before, command_of(new, ttl_attribute))
