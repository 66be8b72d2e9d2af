"""A command as clients see it: its representation, its version, how long it may be kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.json_text import moment
from command_api.domain.model import ID_RULE, Status
from command_api.http.responses import NEVER_STORED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from command_api.domain.model import Command, Failure

NOT_FOUND = "The command does not exist or is still queued."
INVALID_ID = f'Invalid command id: it must be {ID_RULE}, for example "order-1042".'
# What has ended for good does not change; the client still asks again now and then, because the
# record expires. Anything else is compared with us before it is used again.
FINAL, CHANGING = "private, max-age=60", "private, no-cache"


def view(
    command: Command,
    result_url: str | None = None,
    *,
    callback: Mapping[str, object] | None = None,
    history: Sequence[Mapping[str, object]] | None = None,
) -> dict[str, object]:
    """The representation of a command: what it was asked for stays with the one who asked."""
    shown: dict[str, object] = {
        "id": command.id,
        "type": command.type or None,
        "status": command.status,
        "attempts": command.attempts,
        "createdAt": moment(command.created_at),
        "updatedAt": moment(command.changed_at),
    }
    if command.status is Status.COMPLETED:
        large = command.result_key is not None
        shown |= {"resultUrl": result_url} if large else {"result": command.result}
    if command.progress is not None:
        progress = command.progress
        at = moment(progress.at)
        shown["progress"] = {"share": progress.share, "note": progress.note, "at": at}
    if handed_over := handed_over_of(command):
        shown["handedOver"] = handed_over
    if command.cancel_requested_at is not None:
        shown["cancelRequestedAt"] = moment(command.cancel_requested_at)
    if command.failure is not None:
        shown["error"] = error_of(command.failure)
    if command.timing.not_before is not None:
        shown["scheduledFor"] = moment(command.timing.not_before)
    if callback is not None:
        shown["callback"] = callback
    if history is not None:
        shown["history"] = history
    return shown


def handed_over_of(command: Command) -> dict[str, str] | None:
    """Since when something outside reports on a command, and until when at the latest."""
    given = command.handed_over
    if given is None or given.at is None or command.lease is None:
        return None
    return {"at": moment(given.at), "deadline": moment(command.lease.expires_at)}


def error_of(failure: Failure) -> dict[str, object]:
    """A failure as clients read it."""
    return asdict(failure)


def headers(
    command: Command,
    *,
    callback: Mapping[str, object] | None = None,
    now: datetime,
) -> dict[str, str]:
    """What an answer about a command says beside its body.

    The version (ETag) is weak: it names the state of the command, not the bytes of the answer. An
    answer with a `resultUrl` has none, and must not be kept: the command is final, its URL is not.
    """
    if command.result_key is not None:
        return {"cache-control": NEVER_STORED}
    version = f"{command.status}-{command.attempts}-{int(command.changed_at.timestamp() * 1000)}"
    final = _final(command)
    if callback is not None:
        version += f"-{callback['status']}-{callback.get('attempts', 0)}"
        final = final and callback["status"] in {"delivered", "disabled", "unknown"}
    shown = {"etag": f'W/"{version}"', "cache-control": FINAL if final else CHANGING}
    if not command.status.terminal:
        shown["retry-after"] = str(lifecycle.poll_after(command, now=now))
    return shown


def _final(command: Command) -> bool:
    # A redrive runs a failed command again, if it may succeed later.
    return command.status.terminal and not command.redrivable
