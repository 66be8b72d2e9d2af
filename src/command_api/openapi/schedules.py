"""Recurring schedules: their paths and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.model import ID_CHARACTERS
from command_api.domain.recurring import (
    ID,
    LARGEST_PAGE,
    MOST_CHARACTERS,
    PAGE,
    SHOWN,
    Overlap,
)
from command_api.openapi.answers import json_answer, refusals
from command_api.openapi.description import ref
from command_api.openapi.operations import CHECKED, json_body, security

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

_SCHEDULE_ID: Node = {"type": "string", "pattern": f"^{ID.pattern}$"}
_TEXT: Node = {"type": "string"}
_MOMENT: Node = {"type": "string", "format": "date-time"}


def schedule_paths(described: Description) -> Node:
    """Recurring schedules: make, change, show, list, delete."""
    if not described.schedules:
        return {}
    schedule, read = ref("schemas", "Schedule"), security(described, "read")
    named = {"name": "id", "in": "path", "required": True, "schema": _SCHEDULE_ID}
    of_others: Node = {
        "name": "owner",
        "in": "query",
        "description": "With the admin scope: whose schedules, instead of the caller's.",
        "schema": {"type": "string"},
    }
    others = [of_others] if described.owned else []
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
    after = {"type": "string", "description": "`next` of the page before."}
    listing = {
        "operationId": "listSchedules",
        "summary": "List recurring schedules by id",
        "description": "Without their inputs.",
        "parameters": [
            {"name": "limit", "in": "query", "schema": limit},
            {"name": "after", "in": "query", "schema": after},
            *others,
        ],
        "responses": {
            "200": json_answer("A page of schedules.", ref("schemas", "SchedulePage")),
            **refusals(described, (400, 404) if others else (400,)),
        },
        **read,
    }
    put = {
        "operationId": "putSchedule",
        "summary": "Make or replace a recurring schedule (idempotent)",
        "description": "`enabled: false` pauses it.",
        "requestBody": json_body(ref("schemas", "ScheduleRequest")),
        "responses": {
            "200": json_answer("Schedule replaced.", schedule),
            "201": json_answer("Schedule made.", schedule, "location"),
            **refusals(described, (*CHECKED, 404)),
        },
        **security(described, "submit"),
    }
    show = {
        "operationId": "getSchedule",
        "summary": "Get a recurring schedule with its next runs",
        "parameters": others,
        "responses": {
            "200": json_answer("The schedule.", schedule),
            **refusals(described, (400, 404)),
        },
        **read,
    }
    delete = {
        "operationId": "deleteSchedule",
        "summary": "Delete a recurring schedule",
        "description": "Runs that were sent go on.",
        "parameters": others,
        "responses": {
            "204": {"description": "Schedule deleted."},
            **refusals(described, (400, 404)),
        },
        **security(described, "cancel"),
    }
    one = {"parameters": [named], "get": show, "put": put, "delete": delete}
    return {"/schedules": {"get": listing}, "/schedules/{id}": one}


def schedule_schemas(described: Description) -> Node:
    """What a schedule is made of, what is shown of one, and a page of them."""
    if not described.schedules:
        return {}
    cron = {
        **_TEXT,
        "maxLength": MOST_CHARACTERS,
        "description": "Six fields of EventBridge Scheduler: minutes, hours, day of the month, "
        "month, day of the week, year.",
        "examples": ["0 2 * * ? *"],
    }
    zone = {**_TEXT, "default": "UTC", "description": "Name of the IANA database, for `cron`."}
    work: Node = {
        "type": {**_TEXT, "description": "The environment's default type where it is missing."},
        "input": {"type": "object", "description": "Input of each run."},
        "overlap": {
            "enum": [str(one) for one in Overlap],
            "default": str(Overlap.QUEUE),
            "description": "`skip`: no run starts while another one has not ended.",
        },
        "enabled": {"type": "boolean", "default": True, "description": "false: paused."},
    }
    rate = {**_TEXT, "description": "Instead of `cron`, in UTC.", "examples": ["15 minutes"]}
    run = _object({"at": _MOMENT, "id": {"type": "string", "pattern": f"^{ID_CHARACTERS}$"}}, {})
    runs = {
        "type": "array",
        "items": run,
        "maxItems": SHOWN,
        "description": "Next runs with the ids of their commands; none while paused.",
    }
    known = {name: work[name] for name in ("type", "overlap", "enabled")}
    return {
        "ScheduleRequest": {
            **_object({}, {"cron": cron, "timezone": zone, "rate": rate, **work}),
            "oneOf": [
                {"required": ["cron"]},
                {"required": ["rate"], "properties": {"timezone": False}},
            ],
            "additionalProperties": False,
        },
        "Schedule": _object(
            {"id": _SCHEDULE_ID, "cron": cron, "timezone": zone, **known, "nextRuns": runs},
            {"input": work["input"], "createdAt": _MOMENT, "updatedAt": _MOMENT},
        ),
        "SchedulePage": _object(
            {"schedules": {"type": "array", "items": {"$ref": "#/components/schemas/Schedule"}}},
            {"next": {**_SCHEDULE_ID, "description": "`after` of the next page."}},
        ),
    }


def _object(required: Node, optional: Node) -> Node:
    found: Node = {"type": "object", "properties": {**required, **optional}}
    return found | ({"required": [*required]} if required else {})
