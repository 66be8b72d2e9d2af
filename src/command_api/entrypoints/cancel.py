"""The cancel function: `DELETE /commands/{id}` of an HTTP API (payload 2.0)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.domain.model import ID_PATTERN
from command_api.entrypoints.logs import structured_logger
from command_api.entrypoints.responses import problem, respond
from command_api.entrypoints.view import NO_SUCH_ID, headers, view
from command_api.usecases.report import describe, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
cancel_command = bootstrap.cancel_command(os.environ)


def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the cancelled command, or with a problem document that says what it is instead.

    `commandStatus` is a member of our own: `status` is the HTTP status (RFC 9457).
    """
    command_id = event["pathParameters"]["id"]
    if not ID_PATTERN.fullmatch(command_id):
        return problem(404, NO_SUCH_ID)
    if event.get("queryStringParameters"):
        return problem(400, "DELETE takes no query parameters, for example /commands/order-1042.")
    extra = describe(command_id, None)
    try:
        command, cancelled = cancel_command(command_id)
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        failed = {**extra, **trouble(error)}
        logger.error("cancel unavailable", extra=failed)  # noqa: TRY400 - the text may quote input
        return problem(503, "The command cannot be cancelled right now; try again.", retry_after=2)
    status = command.status
    logger.info("cancelled" if cancelled else f"not cancelled: {status}", extra=extra)
    if cancelled:
        return respond(200, view(command), headers(command, now=datetime.now(UTC)))
    why = f"The command has ended: {status}." if status.terminal else "The command is running."
    return problem(409, f"{why} Only what does not run yet can be cancelled.", commandStatus=status)
