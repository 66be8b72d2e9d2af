"""The cancel function: `DELETE /commands/{id}` in, the command or why not out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.commands import commands
from command_api.composition.scheduling import schedules
from command_api.domain.errors import Unidentified, Unknown
from command_api.domain.model import ID_PATTERN
from command_api.http.cors import readable_by
from command_api.http.problems import problem, unidentified
from command_api.http.requests import access_of, read
from command_api.http.responses import respond
from command_api.http.view import INVALID_ID, NOT_FOUND, headers, view
from command_api.settings import origins, retention
from command_api.usecases.cancel import CancelCommand
from command_api.usecases.report import describe, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request

logger = structured_logger()
access = access_of(os.environ)
cancel_command = CancelCommand(
    store=commands(os.environ),
    retention=retention(os.environ),
    schedules=schedules(os.environ),
)


@readable_by(origins(os.environ))
def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the command, or with a problem document that says what it is instead.

    200 says that it is cancelled, 202 that it is asked to stop.
    `commandStatus` is a member of our own: `status` is the HTTP status (RFC 9457).
    """
    try:
        request = read(event, access)
        if request.method == "POST":
            # A REST API asks this function where nothing is reported, too.
            return problem(404, "unknown_path", "Unknown path.")
        return _answer(request)
    except Unidentified:
        return unidentified()


def _answer(request: Request) -> dict[str, object]:
    command_id = request.command_id
    if not ID_PATTERN.fullmatch(command_id):
        return problem(404, "invalid_id", INVALID_ID)
    if request.query:
        detail = "DELETE takes no query parameters, for example DELETE /commands/order-1042."
        return problem(400, "invalid_query", detail)
    extra = describe(command_id, None)
    try:
        command, cancelled = cancel_command(command_id, caller=request.caller)
    except Unknown:
        return problem(404, "command_not_found", NOT_FOUND, retry_after=1)
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        failed = {**extra, **trouble(error)}
        logger.error("cancel unavailable", extra=failed)  # noqa: TRY400 - the text may quote input
        detail = "The command cannot be cancelled right now. Try again later."
        return problem(503, "service_unavailable", detail, retry_after=2)
    status = command.status
    taken = cancelled or not status.terminal
    logger.info("cancelled" if taken else "not cancelled", extra={**extra, "status": str(status)})
    if taken:
        shown = view(command), headers(command, now=datetime.now(UTC))
        return respond(200 if cancelled else 202, *shown)
    detail = f"The command has ended ({status})."
    return problem(409, "command_not_cancellable", detail, commandStatus=status)
