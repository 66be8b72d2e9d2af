"""A command's past, from what the writes of its life have left in its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from command_api.domain.json_text import moment
from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from command_api.domain.model import Command


class Change(NamedTuple):
    """A change of a command's status."""

    at: datetime
    # The status from then on.
    status: Status
    # Attempt that began or ended with it; 0 where it was none.
    attempt: int = 0
    # When the attempt that ended with it began; None where none did.
    since: datetime | None = None
    # Why the attempt failed; empty where it did not.
    code: str = ""
    message: str = ""
    # Whether something outside of the worker reports from then on.
    handed_over: bool = False


def changes(command: Command) -> Iterator[Change]:
    """The changes of a command's status, oldest first; `command` as `lifecycle.observed` shows it.

    Of the attempts before the last one there are at most MOST_ATTEMPTS.
    """
    yield Change(command.created_at, Status.PENDING)
    for one in command.past:
        if one.started_at is not None:
            yield Change(one.started_at, Status.PROCESSING, one.number)
        yield Change(one.ended_at, one.status, one.number, one.started_at, one.code, one.message)
    failed_before = bool(command.past) and command.past[-1].status is Status.FAILED
    if command.status is Status.PENDING and failed_before:
        # Restarted, and returned at no attempt.
        yield Change(command.updated_at, Status.PENDING)
    began = command.updated_at if command.lease else command.started_at
    if began is not None:
        yield Change(began, Status.PROCESSING, command.attempts)
    # An attempt that runs is told by its lease from one whose clock was ahead.
    given = command.handed_over if command.lease else command.hand_over
    if given and given.at is not None and began and given.at >= began:
        yield Change(given.at, Status.PROCESSING, command.attempts, handed_over=True)
    if command.cancel_requested_at is not None:
        yield Change(command.cancel_requested_at, Status.CANCELLING, command.attempts)
    if command.status.terminal:
        failure, number = command.failure, command.attempts if began else 0
        why = (failure.code, failure.message) if failure else ("", "")
        yield Change(command.updated_at, command.status, number, began, *why)


def shown(command: Command) -> list[dict[str, Any]]:
    """The same as JSON: what a field says nothing with is left out."""
    return [_shown(one) for one in changes(command)]


def _shown(one: Change) -> dict[str, Any]:
    found: dict[str, Any] = {"status": one.status.value, "at": moment(one.at)}
    if one.attempt:
        found["attempt"] = one.attempt
    if one.handed_over:
        found["handedOver"] = True
    if one.since is not None:
        found["seconds"] = max(0.0, round((one.at - one.since).total_seconds(), 3))
    if one.code:
        found["error"] = {"code": one.code, "message": one.message}
    return found
