"""Changes of the members of batches, as the table's stream has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command_api.domain.batches import Move
from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping


def move_of(record: Mapping[str, Any]) -> Move | None:
    """What a record says of the member of a batch; None for what is no member, or was deleted.

    Reads three attributes: a member's result may be large. Raises any error where it cannot.
    """
    images = record["dynamodb"]
    new, old = images.get("NewImage") or {}, images.get("OldImage") or {}
    if "batch" not in new or "status" not in new:
        return None
    before = Status(old["status"]["S"]) if "status" in old else None
    # Of 21 to 40 digits, which compare as numbers do once they have the same length.
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
    position = images["SequenceNumber"].zfill(40)
    return Move(new["batch"]["S"], position, before, Status(new["status"]["S"]))
