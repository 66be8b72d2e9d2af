"""The submit function: commands in, checked, written down and queued before the answer."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.intake import intake as intake_of
from command_api.composition.outbox import outbox, sender
from command_api.composition.queues import queues
from command_api.domain.errors import Unidentified
from command_api.domain.model import ID_PATTERN, Submission
from command_api.domain.reserved import is_reserved
from command_api.http import idempotency
from command_api.http.origin import Origin, origin_of
from command_api.http.problems import Problem, unidentified
from command_api.http.requests import access_of, choice, read
from command_api.http.responses import respond
from command_api.http.submissions import (
    BATCH,
    POST,
    PUT,
    accepted,
    accepted_item,
    refused,
)
from command_api.http.view import INVALID_ID
from command_api.settings import message_life
from command_api.usecases.report import describe, trouble
from command_api.usecases.submit import Refusal, SubmitCommands
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request


logger = structured_logger()
access = access_of(os.environ)
submit = SubmitCommands(
    outbox=outbox(os.environ),
    sender=sender(os.environ),
    logger=logger,
    message_life=message_life(os.environ),
    queues=queues(os.environ),
)
intake = intake_of(os.environ, HANDLERS)
# Names of Terraform's.
schedules = os.environ.get("RECURRING_NAMES", "").split()
_RESERVED = (
    "This id belongs to a batch or a recurring schedule: choose another one, for example"
    " order-1042."
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Answer 202 with where to ask for the command, or with a problem document."""
    now = datetime.now(UTC)
    until = now + timedelta(milliseconds=context.get_remaining_time_in_millis())
    origin = Origin()
    try:
        request = read(event, access)
        origin = origin_of(request.headers, os.environ)
        answer = _ANSWERS.get(request.route, _one)
        return origin.told(answer(request, origin, now, until))
    except Unidentified:
        return unidentified()
    except Problem as problem:
        return origin.told(problem.answer())
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        logger.error("request failed", extra=trouble(error))  # noqa: TRY400 - it may quote input
        unforeseen = Problem(500, "internal_error", "Internal error. Try again later.")
        return origin.told(unforeseen.answer())


def _one(request: Request, origin: Origin, now: datetime, until: datetime) -> dict[str, object]:
    asked = origin.of(intake.one(request, _id(request), now=now))
    (answer,) = submit([asked], until=until)
    if isinstance(answer, Refusal):
        raise refused(answer, asked.id, now=datetime.now(UTC), route=request.route)
    # Below /commands every type is answered the same; a path of its own may have words of its own.
    handlers = HANDLERS if request.route in intake.routes else {}
    try:
        return accepted(answer.command, request.route, handlers)
    except Exception as error:  # noqa: BLE001 - the edge to user code: the command is taken anyway
        details = {**describe(asked.id, answer.command), **trouble(error)}
        logger.error("accepted function raised", extra=details)  # noqa: TRY400 - it may quote input
        return accepted(answer.command, request.route, {})


def _many(request: Request, origin: Origin, now: datetime, until: datetime) -> dict[str, object]:
    """An answer for each command, in their order; a command's problem is its own."""
    if idempotency.HEADER in request.headers:
        raise Problem(
            400,
            "idempotency_key_on_batch",
            "Idempotency-Key does not apply to a batch: remove the header and give each command "
            'its own key, like {"commands": [{"type": "echo", "key": "order-1042"}]}.',
        )
    found = intake.many(request, now=now)
    asked = [origin.of(one) for one in found if isinstance(one, Submission)]
    answers = iter(submit(asked, until=until))
    results = []
    for one in found:
        if isinstance(one, Problem):
            results.append(one.item())
            continue
        answer = next(answers)
        if isinstance(answer, Refusal):
            problem = refused(answer, one.id, now=datetime.now(UTC), route=BATCH)
            results.append(problem.item())
        else:
            results.append(accepted_item(answer.command))
    return respond(200, {"results": results})


def _batch(request: Request, origin: Origin, now: datetime, until: datetime) -> dict[str, object]:
    """Answer 202 for a batch whose members are all stored, or are still to be uploaded."""
    from command_api.composition.opening import opened  # noqa: PLC0415 - few environments have them

    return opened(request, origin, intake, submit, os.environ, now=now, until=until)


def _id(request: Request) -> str:
    """The id of the command: the path's, the key's, or a new one."""
    route, _ = choice(request.route)
    if route == PUT:
        if access.authenticated:
            raise Problem(
                405,
                "client_ids_disabled",
                "Client-chosen ids are disabled; use POST /commands.",
                headers={"allow": "GET, DELETE"},
            )
        if not ID_PATTERN.fullmatch(request.command_id):
            raise Problem(404, "invalid_id", INVALID_ID)
        if is_reserved(request.command_id, schedules):
            raise Problem(404, "invalid_id", _RESERVED)
        return request.command_id
    if route != POST and route not in intake.routes:
        raise Problem(404, "unknown_path", "Unknown path.")
    header = request.headers.get(idempotency.HEADER)
    if header is None:
        return idempotency.new_id()
    return idempotency.id_of(idempotency.key_of(header), request.caller, route)


# All other routes take one command.
_ANSWERS = {
    BATCH: _many,
    "POST /batches": _batch,
}
