"""An ending as other systems are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.json_text import moment

if TYPE_CHECKING:
    from command_api.domain.ending import Ending


def event_of(ending: Ending) -> dict[str, object]:
    """The event of an ending, as docs/event.schema.json describes it.

    Whoever subscribes is trusted with less than the client: neither input nor result is in it, and
    of a failure only the code. The result is where the API says: below `statusPath`.
    """
    command = ending.command
    told: dict[str, object] = {
        "id": ending.id,
        "commandId": command.id,
        # None where a message had no readable type.
        "type": command.type or None,
        "status": command.status,
        "attempts": command.attempts,
        "createdAt": moment(command.created_at),
        "endedAt": moment(ending.at),
        "statusPath": f"/commands/{command.id}",
    }
    if command.owner:
        told["owner"] = command.owner
    if command.failure is not None:
        told["error"] = {"code": command.failure.code, "retryable": command.failure.retryable}
    return told
