"""What the log says of a command: never its input, its result or the text of a message."""

from __future__ import annotations

from logging import Logger, LoggerAdapter
from typing import TYPE_CHECKING, Any

from command_api.domain.decision import Then
from command_api.domain.errors import Unavailable
from command_api.domain.trace import trace_id

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from command_api.domain.decision import Decision
    from command_api.domain.message import Message
    from command_api.domain.model import Command


class CommandLogger(LoggerAdapter[Logger]):
    """A logger for handlers that puts the command's id, type and attempt on every line."""

    def process(
        self, msg: object, kwargs: MutableMapping[str, Any]
    ) -> tuple[object, MutableMapping[str, Any]]:
        """Merge the handler's own `extra`, which the standard adapter would replace."""
        return msg, {**kwargs, "extra": {**kwargs.get("extra", {}), **(self.extra or {})}}


def describe(command_id: str, command: Command | None) -> dict[str, object]:
    """The fields of a log line.

    What correlates the lines of all attempts and functions is the client's word for the request, or
    else the id that the client got.
    """
    correlation_id = (command.correlation_id if command else "") or command_id
    fields: dict[str, object] = {"command_id": command_id, "correlation_id": correlation_id}
    if command is not None:
        fields |= {"command_type": command.type, "attempt": command.attempts}
        if command.failure is not None:
            fields["error_code"] = command.failure.code
        if command.pending_entry is not None and (traced := trace_id(command.pending_entry.trace)):
            fields["xray_trace_id"] = traced
    return fields


def delivered(message: Message, command: Command | None = None) -> dict[str, object]:
    """The fields of a line about a delivery, which knows where the request came from."""
    fields = {"message_id": message.message_id, **describe(message.key, command)}
    if message.correlation_id:
        fields["correlation_id"] = message.correlation_id
    if traced := trace_id(message.trace):
        fields["xray_trace_id"] = traced
    return fields


def numbers(decision: Decision, before: Command) -> dict[str, float]:
    """What a written decision says in numbers; see `domain.ports.Meter`.

    `before` is the command as its claim wrote it, which is when the attempt began.
    """
    at = decision.command.updated_at if decision.command else before.updated_at
    # A command that was scheduled has waited from its time on.
    begin = max(before.created_at, before.timing.not_before or before.created_at)
    age = {"CommandAge": max(0.0, (at - begin).total_seconds())}
    if decision.outcome == "rejected":
        return age
    attempt = {"Duration": max(0.0, (at - before.updated_at).total_seconds() * 1000)}
    if before.attempts == 1 and not before.slices:
        attempt["Wait"] = max(0.0, (before.updated_at - begin).total_seconds())
    if decision.outcome in ("continued", "handed_over"):
        return attempt
    if decision.outcome == "retried":
        return {"Retries": 1, **attempt}
    dead = {"DeadLetterMessages": 1} if decision.then is Then.DEAD_LETTER else {}
    return {**age, "Attempts": before.attempts, **attempt, **dead}


def trouble(error: BaseException) -> dict[str, object]:
    """What may be said of an unforeseen error: its type, and of an AWS error which call and code.

    Never its text, which may quote the input.
    """
    error = error.__cause__ if isinstance(error, Unavailable) and error.__cause__ else error
    fields: dict[str, object] = {"error_type": type(error).__name__}
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        fields["aws_error"] = response.get("Error", {}).get("Code")
        fields["aws_operation"] = getattr(error, "operation_name", None)
    return fields
