"""The status function: `GET /commands/{id}` in, the command out."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.commands import commands, meter, results
from command_api.domain.errors import Unidentified
from command_api.domain.model import ID_PATTERN
from command_api.http.cors import readable_by
from command_api.http.problems import problem, unidentified
from command_api.http.requests import access_of, read
from command_api.http.responses import matches, not_modified, respond
from command_api.http.view import INVALID_ID, NOT_FOUND, headers, view
from command_api.settings import origins
from command_api.usecases.report import describe, trouble
from command_api.usecases.status import ReadStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.domain.model import Command
    from command_api.http.requests import Request

logger = structured_logger()
access = access_of(os.environ)
read_status = ReadStatus(
    store=commands(os.environ),
    results=results(os.environ),
    max_wait=int(os.environ.get("MAX_WAIT_SECONDS", "0")),
    measure=meter(os.environ),
)


class _BadQuery(Exception):
    """The query string is not one of ours; the message says what would be."""


@readable_by(origins(os.environ))
def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the command as the client may see it, or with a problem document."""
    try:
        return _answer(read(event, access))
    except Unidentified:
        return unidentified()


def _answer(request: Request) -> dict[str, object]:
    command_id, query = request.command_id, request.query
    if not ID_PATTERN.fullmatch(command_id):
        return problem(404, "invalid_id", INVALID_ID)
    try:
        wait, asked = _wait(query), _history(query)
        command = read_status(command_id, wait=wait, caller=request.caller)
        result_url = read_status.result_url(command) if command else None
        callback = _callback(command) if command and command.callback else None
    except _BadQuery as error:
        return problem(400, "invalid_query", str(error))
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        details = {**describe(command_id, None), **trouble(error)}
        logger.error("status unavailable", extra=details)  # noqa: TRY400 - it may quote input
        detail = "The status cannot be read right now. Try again later."
        return problem(503, "service_unavailable", detail, retry_after=2)
    if command is None:
        return problem(404, "command_not_found", NOT_FOUND, retry_after=1)
    described = headers(command, callback=callback, now=datetime.now(UTC))
    if matches(request.headers.get("if-none-match"), described.get("etag")):
        return not_modified(described)
    history = _past(command) if asked else None
    return respond(200, view(command, result_url, callback=callback, history=history), described)


def _callback(command: Command) -> dict[str, object] | None:
    from command_api.composition.deliveries import deliveries  # noqa: PLC0415 - few have one
    from command_api.http.callback import callback_of  # noqa: PLC0415

    return callback_of(command, deliveries(os.environ), now=datetime.now(UTC))


def _past(command: Command) -> list[dict[str, Any]]:
    from command_api.domain.history import shown  # noqa: PLC0415 - few clients ask for it

    return shown(command)


def _history(query: Mapping[str, str]) -> bool:
    """Whether the client asks for the history, too."""
    if query.get("history", "1") != "1":
        raise _BadQuery("history must be 1, for example ?history=1.")
    return "history" in query


def _wait(query: Mapping[str, str]) -> int:
    """Seconds that the client is willing to wait; the environment decides how many it gets."""
    if set(query) - {"wait", "history"}:
        raise _BadQuery("Unknown query parameter; use wait or history, for example ?wait=10.")
    wait = query.get("wait", "0")
    if not re.fullmatch(r"[0-9]{1,4}", wait, re.ASCII):
        raise _BadQuery("wait must be a whole number of seconds, for example ?wait=10.")
    return int(wait)
