"""How a command's callback went, as its client reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.delivery import (
    CALLBACK,
    QUEUED_AT_MOST,
    REPLAYED,
    CallbackStatus,
    delivery_id,
)
from command_api.domain.ending import Ending
from command_api.domain.model import Status
from command_api.http.view import error_of

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore

_SHOWN = {Status.COMPLETED: CallbackStatus.DELIVERED, Status.FAILED: CallbackStatus.FAILED}


def untried_callback_of(command: Command, *, webhooks: bool) -> dict[str, object] | None:
    """The state of a command's callback before the first try; None where there is none.

    `webhooks` is whether the environment has them.
    """
    if command.callback is None:
        return None
    if not webhooks:
        return {"status": CallbackStatus.DISABLED}
    if not command.status.terminal:
        return {"status": CallbackStatus.WAITING}
    return {"status": CallbackStatus.PENDING, "attempts": 0}


def callback_of(
    command: Command, deliveries: CommandStore | None, *, now: datetime
) -> dict[str, object] | None:
    """The state of a command's callback; None where its client has named none.

    Costs a read, and only for a command with a callback that has ended.
    """
    untried = untried_callback_of(command, webhooks=deliveries is not None)
    if deliveries is None or command.callback is None or not command.status.terminal:
        return untried
    ending = Ending(command)
    stored = deliveries.get(delivery_id(ending, CALLBACK))
    seen = lifecycle.observed(stored, now=now) if stored else None
    if seen is None:
        queued = now - ending.at < QUEUED_AT_MOST
        return untried if queued else {"status": CallbackStatus.UNKNOWN}
    if seen.failure and seen.failure.code == REPLAYED:
        return {"status": CallbackStatus.PENDING, "attempts": seen.attempts}
    shown = {"status": _SHOWN.get(seen.status, CallbackStatus.PENDING), "attempts": seen.attempts}
    return shown | ({"error": error_of(seen.failure)} if seen.failure else {})
