"""Schedules: from a request to the schedule that it asks for, and as clients see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from command_api.domain.json_text import moment
from command_api.domain.message import beyond_limits
from command_api.domain.recurring import (
    LARGEST_PAGE,
    PAGE,
    Overlap,
    Schedule,
    When,
    filled,
    when_of,
)
from command_api.domain.violations import UNKNOWN_FIELD, Violation, pointer
from command_api.http.problems import Problem
from command_api.http.responses import respond
from command_api.http.submissions import ONE_BYTES, Intake, json_of
from command_api.http.submissions import invalid as invalid_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.model import JSON
    from command_api.http.requests import Request

LIST = "GET /schedules"
PUT, DELETE = "PUT /schedules/{id}", "DELETE /schedules/{id}"
UNKNOWN = "The schedule does not exist."
_WORK = ("type", "input")
_FIELDS = frozenset({*_WORK, "cron", "rate", "timezone", "overlap", "enabled"})
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


class RunIntake(Intake):
    """Accepted types and inputs of runs."""

    def work(
        self, request: Request, found: Mapping[str, JSON], at: datetime
    ) -> tuple[str, Mapping[str, JSON]]:
        """Type and input of a schedule's runs, checked as the run of that time gets them."""
        asked = self.command(found, (), at)
        if (unfit := beyond_limits(asked.input)) is not None:
            raise invalid_command([unfit], at=("input",))
        given = filled(asked.input, at)
        self._checked(request, "run", asked.type, given, ("input",), now=at)
        return asked.type, asked.input


def asked_for(
    request: Request, schedule_id: str, intake: RunIntake, *, fifo: bool, now: datetime
) -> Schedule:
    """The schedule that the body of a request describes; Problem where it is none."""
    body: Any = json_of(request, limit=ONE_BYTES)
    if not isinstance(body, dict):
        raise invalid([Violation((), "must be an object")])
    if unknown := sorted(set(body) - _FIELDS):
        raise invalid(Violation((name,), UNKNOWN_FIELD) for name in unknown[:20])
    when = when_of(body, now=now)
    overlap, enabled = body.get("overlap", Overlap.QUEUE), body.get("enabled", True)
    wrong = [] if isinstance(when, When) else [when]
    if not isinstance(overlap, str) or overlap not in set(Overlap):
        wrong.append(Violation(("overlap",), f"must be one of {', '.join(Overlap)}"))
    elif fifo and overlap == Overlap.SKIP:
        wrong.append(Violation(("overlap",), "must be queue: a FIFO queue keeps its order"))
    if not isinstance(enabled, bool):
        wrong.append(Violation(("enabled",), "must be true or false"))
    if wrong or not isinstance(when, When):
        raise invalid(wrong)
    work = {name: body[name] for name in _WORK if name in body}
    (first,) = when.after(now, 1)
    command_type, command_input = intake.work(request, work, first)
    return Schedule(
        id=schedule_id,
        owner=request.caller.owner,
        when=when,
        type=command_type,
        input=command_input,
        overlap=Overlap(overlap),
        enabled=enabled,
    )


def invalid(violations: Iterable[Violation]) -> Problem:
    """The body is JSON, and no schedule."""
    errors = [{"pointer": pointer(one.path), "detail": one.detail} for one in violations]
    return Problem(422, "invalid_schedule", "The schedule is invalid; see `errors`.", errors=errors)


def page_of(query: Mapping[str, str]) -> tuple[int, str]:
    """How many schedules a page has, and after which id it begins; Problem where unclear."""
    if set(query) - {"limit", "after", "owner"}:
        raise Problem(400, "invalid_query", "Use limit or after, for example ?limit=20.")
    limit = query.get("limit", str(PAGE))
    if not _NUMBER.fullmatch(limit) or int(limit) > LARGEST_PAGE:
        detail = f"limit must be a whole number from 1 to {LARGEST_PAGE}, for example ?limit=20."
        raise Problem(400, "invalid_query", detail)
    return int(limit), query.get("after", "")


def put(schedule: Schedule, *, created: bool, now: datetime) -> dict[str, object]:
    """Answer 201 for a new schedule and 200 for one that was changed."""
    # Relative to the request, as for commands.
    location = {"location": schedule.id} if created else {}
    return respond(201 if created else 200, view(schedule, now=now), location)


def shown(schedule: Schedule, *, now: datetime) -> dict[str, object]:
    """Answer 200 with a schedule."""
    return respond(200, view(schedule, now=now))


def listed(schedules: Sequence[Schedule], after: str, *, now: datetime) -> dict[str, object]:
    """Answer 200 with a page; `next` is what the next one begins `after`, absent on the last."""
    rows = [view(one, now=now) for one in schedules]
    for row in rows:
        # Together they might be larger than an answer of Lambda.
        del row["input"]
    return respond(200, {"schedules": rows, **({"next": after} if after else {})})


def view(schedule: Schedule, *, now: datetime) -> dict[str, object]:
    """A schedule as its owner sees it: a PUT takes all but ids and times."""
    found: dict[str, object] = {
        "id": schedule.id,
        "type": schedule.type,
        "input": schedule.input,
        "cron": schedule.when.cron,
        "timezone": schedule.when.timezone,
        "overlap": schedule.overlap,
        "enabled": schedule.enabled,
    }
    if schedule.created_at is not None and schedule.changed_at is not None:
        found["createdAt"] = moment(schedule.created_at)
        found["updatedAt"] = moment(schedule.changed_at)
    runs = schedule.next_runs(now)
    return {**found, "nextRuns": [{"at": moment(at), "id": run} for at, run in runs]}
