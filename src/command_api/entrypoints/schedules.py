"""The schedules function: recurring schedules of clients, made, shown, listed and deleted."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.schemas import HandlerSchemas
from command_api.composition.recurring import recurring
from command_api.domain.envelope import is_fifo
from command_api.domain.errors import Rejected, Unidentified, Unknown
from command_api.domain.recurring import ID, ID_RULE
from command_api.domain.violations import Violation
from command_api.http.problems import Problem, problem, unidentified
from command_api.http.requests import access_of, read
from command_api.http.responses import NEVER_STORED
from command_api.http.schedules import (
    DELETE,
    LIST,
    PUT,
    UNKNOWN,
    RunIntake,
    asked_for,
    invalid,
    listed,
    page_of,
    put,
    shown,
)
from command_api.settings import required
from command_api.usecases.recurring import ListSchedules, PutSchedule, TooMany
from command_api.usecases.report import trouble
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request

logger = structured_logger()
access = access_of(os.environ)
schedules = recurring(os.environ)
most = int(os.environ.get("SCHEDULES_PER_OWNER", "100"))
fifo = is_fifo(required(os.environ, "RECURRING_QUEUE_URL"))
# Runs have no receiver, priority or time of their own, and no request that names their group.
intake = RunIntake(
    types=HANDLERS.keys(),
    routes={},
    default_type=required(os.environ, "DEFAULT_COMMAND_TYPE"),
    fifo=False,
    check=HandlerSchemas().violations,
    refuse_url=lambda _: "schedules have no callbacks",
    reach=timedelta(0),
)


def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the schedules, or with a problem document."""
    try:
        return _answer(read(event, access))
    except Unidentified:
        return unidentified()
    except Unknown:
        return problem(404, "schedule_not_found", UNKNOWN)
    except Problem as refused:
        return refused.answer()
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        logger.error("schedules unavailable", extra=trouble(error))  # noqa: TRY400 - may quote input
        detail = "Schedules are unavailable. Try again later."
        return problem(503, "service_unavailable", detail, retry_after=2)


def _answer(request: Request) -> dict[str, object]:
    now = datetime.now(UTC)
    if request.route == LIST:
        limit, after = page_of(request.query)
        found, more = ListSchedules(schedules=schedules)(_owner(request), after=after, most=limit)
        return listed(found, more, now=now)
    schedule_id = request.path.get("id", "")
    if not ID.fullmatch(schedule_id):
        detail = f'Invalid schedule id: it must be {ID_RULE}, for example "nightly".'
        raise Problem(404, "invalid_id", detail)
    if set(request.query) - (set() if request.route == PUT else {"owner"}):
        raise Problem(400, "invalid_query", "Schedules take no query parameters here.")
    if request.route == PUT:
        return _put(request, schedule_id, now)
    owner = _owner(request)
    if request.route == DELETE:
        if not schedules.delete(owner, schedule_id):
            raise Unknown
        _log("schedule deleted", schedule_id)
        return {"statusCode": 204, "headers": {"cache-control": NEVER_STORED}, "body": ""}
    schedule = schedules.get(owner, schedule_id)
    if schedule is None:
        raise Unknown
    return shown(schedule, now=now)


def _put(request: Request, schedule_id: str, now: datetime) -> dict[str, object]:
    schedule = asked_for(request, schedule_id, intake, fifo=fifo, now=now)
    if not schedules.takes(schedule):
        detail = "exceeds what a schedule carries, 256 KB with its quotes escaped; pass a reference"
        raise invalid([Violation(("input",), detail)])
    try:
        created = PutSchedule(schedules=schedules, most=most)(schedule)
    except TooMany:
        detail = f"An owner may have {most} schedules. Delete one first."
        raise Problem(409, "too_many_schedules", detail) from None
    except Rejected:
        detail = "is refused by EventBridge Scheduler, or its time zone is"
        raise invalid([Violation(("cron",), detail)]) from None
    _log("schedule created" if created else "schedule changed", schedule_id)
    return put(schedule, created=created, now=now)


def _owner(request: Request) -> str:
    """Whose schedules are meant: the caller's, or those that an admin asks for."""
    caller = request.caller
    owner = request.query.get("owner", caller.owner)
    if owner != caller.owner and not caller.admin:
        raise Unknown
    return owner


def _log(event: str, schedule_id: str) -> None:
    logger.info(event, extra={"schedule": schedule_id})
