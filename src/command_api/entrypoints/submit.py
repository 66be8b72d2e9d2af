"""The submit function: commands in, checked, written down and queued before the answer."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.schemas import HandlerSchemas
from command_api.composition.outbox import outbox, sender
from command_api.composition.queues import queues
from command_api.composition.scheduling import reach
from command_api.domain.context import registered
from command_api.domain.envelope import is_fifo
from command_api.domain.errors import DoesNotFit, Rejected, Unidentified
from command_api.domain.model import ID_PATTERN, Submission
from command_api.domain.submission import submitted
from command_api.http import idempotency
from command_api.http.batches import SUBMIT as BATCHES
from command_api.http.batches import accepted as batch_accepted
from command_api.http.batches import batch_id_of
from command_api.http.origin import Origin, origin_of
from command_api.http.problems import Problem, unidentified
from command_api.http.requests import access_of, choice, read
from command_api.http.responses import respond
from command_api.http.submissions import (
    BATCH,
    POST,
    PUT,
    Intake,
    accepted,
    accepted_item,
    refused,
    too_large,
)
from command_api.http.view import INVALID_ID
from command_api.settings import message_life, required, retention, routes
from command_api.usecases.report import describe, trouble
from command_api.usecases.submit import Refusal, SubmitCommands
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request


def _refusal(url: str) -> str:
    """What is wrong with a callback's URL, empty where nothing is."""
    if not os.environ.get("WEBHOOK_ALLOWED_HOSTS"):
        return "callbacks are disabled in this environment"
    from command_api.webhooks.destination import Destination  # noqa: PLC0415 - few have a callback
    from command_api.webhooks.rules import Rules  # noqa: PLC0415

    try:
        Destination.of(url, Rules.read())
    except Rejected as refused:
        return refused.message
    return ""


def _queue(command_type: str, priority: str) -> str:
    """The queue of a command, by its type and the client's wish; empty for the default one."""
    return known_queues.named(registered(HANDLERS[command_type]).queue, priority)


logger = structured_logger()
known_queues = queues(os.environ)
access = access_of(os.environ)
submit = SubmitCommands(
    outbox=outbox(os.environ),
    sender=sender(os.environ),
    logger=logger,
    message_life=message_life(os.environ),
    queues=known_queues,
)
intake = Intake(
    types=HANDLERS.keys(),
    routes=routes(os.environ),
    default_type=required(os.environ, "DEFAULT_COMMAND_TYPE"),
    fifo=is_fifo(required(os.environ, "QUEUE_URL")),
    check=HandlerSchemas().violations,
    refuse_url=_refusal,
    reach=reach(os.environ),
    priorities=known_queues.priorities,
    queue_of=_queue,
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Answer 202 with where to ask for the command, or with a problem document."""
    now = datetime.now(UTC)
    until = now + timedelta(milliseconds=context.get_remaining_time_in_millis())
    origin = Origin()
    try:
        request = read(event, access)
        origin = origin_of(request.headers, os.environ)
        answer = {BATCH: _many, BATCHES: _batch}.get(request.route, _one)
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
    """Answer 202 for a batch whose members are all stored."""
    if not os.environ.get("BATCHES_TABLE"):
        raise Problem(404, "unknown_path", "Unknown path.")
    from command_api.composition.batches import batches  # noqa: PLC0415 - few environments have them
    from command_api.usecases.batches import SubmitBatch  # noqa: PLC0415

    batch_id = batch_id_of(request)
    found, follower, work = intake.members(request, batch_id, now=now)
    members = [origin.of(one) for one in found]
    if not all(submit.sender.takes(submitted(one, until=until)) for one in members):
        raise too_large()
    submit_batch = SubmitBatch(
        batches=batches(os.environ), submit=submit, retention=retention(os.environ)
    )
    try:
        answer = submit_batch(batch_id, members, follower, work=work, until=until)
    except DoesNotFit:
        raise too_large() from None
    if isinstance(answer, Refusal):
        raise refused(answer, batch_id, now=datetime.now(UTC), route=BATCHES)
    return batch_accepted(answer)


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
        return request.command_id
    if route != POST and route not in intake.routes:
        raise Problem(404, "unknown_path", "Unknown path.")
    header = request.headers.get(idempotency.HEADER)
    if header is None:
        return idempotency.new_id()
    return idempotency.id_of(idempotency.key_of(header), request.caller, route)
