"""The schemas of recurring schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.model import ID_CHARACTERS
from command_api.domain.recurring import ID, MOST_CHARACTERS, SHOWN, Overlap

if TYPE_CHECKING:
    from command_api.openapi.description import Node

SCHEDULE_ID: Node = {"type": "string", "pattern": f"^{ID.pattern}$"}
_TEXT: Node = {"type": "string"}
_MOMENT: Node = {"type": "string", "format": "date-time"}


def schedule_schemas() -> Node:
    """What a schedule is made of, what is shown of one, and a page of them."""
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
            {"id": SCHEDULE_ID, "cron": cron, "timezone": zone, **known, "nextRuns": runs},
            {"input": work["input"], "createdAt": _MOMENT, "updatedAt": _MOMENT},
        ),
        "SchedulePage": _object(
            {"schedules": {"type": "array", "items": {"$ref": "#/components/schemas/Schedule"}}},
            {"next": {**SCHEDULE_ID, "description": "`after` of the next page."}},
        ),
    }


def _object(required: Node, optional: Node) -> Node:
    found: Node = {"type": "object", "properties": {**required, **optional}}
    return found | ({"required": [*required]} if required else {})
