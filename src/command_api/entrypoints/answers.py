"""What a door answers about the commands that it was asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from command_api.domain.context import registered
from command_api.domain.model import Status
from command_api.entrypoints.bodies import too_large
from command_api.entrypoints.origin import HEADER as CORRELATION
from command_api.entrypoints.problems import Problem
from command_api.entrypoints.responses import respond
from command_api.entrypoints.view import moment
from command_api.usecases.submit import Refusal, Why

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.context import Handlers
    from command_api.domain.model import Command

_AWAY = "The command cannot be taken right now; try again."
_RETRY_SECONDS = 2


def taken(command: Command, handlers: Handlers) -> dict[str, object]:
    """202: the command will run. One of these handlers may say it in its own words.

    The same for the same command, whatever has become of it since.
    """
    shape = registered(handlers[command.type]).accepted if command.type in handlers else None
    own = shape(command.id, command.created_at) if shape else _shown(command)
    named = {CORRELATION: command.correlation_id or command.id, "retry-after": "1"}
    return respond(202, {"id": command.id, **own}, {**_where(command.id), **named})


def taken_item(command: Command) -> dict[str, object]:
    """The same as what is said of one command among many, where `status` is that of HTTP."""
    return {
        "id": command.id,
        **_shown(command),
        "status": 202,
        "location": _where(command.id)["location"],
    }


def refused(refusal: Refusal, command_id: str, *, now: datetime, chosen: bool = False) -> Problem:
    """Why a command was not taken, and when it is worth another try.

    `chosen` says that the client chose the id, which is then in conflict; the reuse of a key is an
    error of its own: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """
    match refusal.why:
        case Why.IN_FLIGHT:
            detail = "An earlier request for this command is still at it; come back later."
            return Problem(409, detail, retry_after=_seconds(refusal.until, now))
        case Why.OTHER_WORK:
            status, name = (409, "id") if chosen else (422, "key")
            return Problem(status, f"This {name} stands for another command; take a new one.")
        case Why.CANCELLED:
            detail = "This id was cancelled before it was submitted; take a new one."
            return Problem(409, detail, commandStatus="CANCELLED")
        case Why.TOO_LARGE:
            return too_large()
        case Why.NOT_STORED:
            return Problem(503, _AWAY, retry_after=_RETRY_SECONDS)
        case Why.NOT_SENT:
            # It is written down and will run: without a key, its id is the way to find it again.
            return Problem(
                503,
                "The command is written down but not queued yet. It will be; to hurry it, repeat "
                "the request with the same key or id. Without one, ask for this id.",
                retry_after=_seconds(refusal.until, now),
                headers=_where(command_id),
                id=command_id,
            )


def _shown(command: Command) -> dict[str, object]:
    return {"type": command.type, "status": Status.PENDING, "createdAt": moment(command.created_at)}


def _where(command_id: str) -> dict[str, str]:
    # Nothing that an id may be made of needs escaping in a path.
    return {"location": f"/commands/{command_id}", "x-command-id": command_id}


def _seconds(until: datetime | None, now: datetime) -> int:
    if until is None:
        return _RETRY_SECONDS
    return max(1, math.ceil((until - now).total_seconds()))
