"""The status function: `GET /commands/{id}` of an HTTP API (payload 2.0) in, the command out."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.domain import lifecycle
from command_api.domain.model import Status
from command_api.entrypoints.logs import structured_logger
from command_api.entrypoints.responses import problem, respond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.domain.model import Command

logger = structured_logger()
read_status = bootstrap.read_status(os.environ)


def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the command as the client may see it, or with a problem document."""
    command_id = event["pathParameters"]["id"]
    extra = {"command_id": command_id, "correlation_id": command_id}
    try:
        command = read_status(command_id)
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        extra["error_type"] = type(error).__name__
        logger.error("status unavailable", extra=extra)  # noqa: TRY400 - the text may quote input
        return problem(503, "The status cannot be read right now; try again.", retry_after=2)
    if command is None:
        return problem(404, "The command is unknown or still queued.", retry_after=1)
    headers = {}
    if not command.status.terminal:
        headers["retry-after"] = str(lifecycle.poll_after(command, now=datetime.now(UTC)))
    return respond(200, view(command), headers)


def view(command: Command) -> dict[str, object]:
    """The representation of a command: what it was asked for stays with the one who asked."""
    shown: dict[str, object] = {
        "id": command.id,
        "type": command.type or None,
        "status": command.status,
        "attempts": command.attempts,
        "createdAt": _moment(command.created_at),
        "updatedAt": _moment(command.updated_at),
    }
    if command.status is Status.COMPLETED:
        shown["result"] = command.result
    if command.failure is not None:
        shown["error"] = asdict(command.failure)
    return shown


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
