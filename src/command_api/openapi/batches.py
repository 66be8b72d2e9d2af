"""The schemas of batches that are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.batches import MOST_MEMBERS, Counts, When
from command_api.domain.model import ID_CHARACTERS
from command_api.openapi.description import ref

if TYPE_CHECKING:
    from command_api.openapi.description import Node

_ID: Node = {"type": "string", "pattern": f"^{ID_CHARACTERS}$"}
_MOMENT: Node = {"type": "string", "format": "date-time"}
_NUMBER: Node = {"type": "integer", "minimum": 0}


def batch_schemas() -> Node:
    """What is submitted, what is answered, and what a batch shows."""
    commands = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_MEMBERS,
        "items": ref("schemas", "Submission"),
    }
    follower = _object(
        {"type": {"type": "string"}},
        {
            "when": {
                "enum": [str(one) for one in When],
                "default": str(When.ALL),
                "description": "Run it once all commands have ended, or all have completed.",
            },
            "input": {"type": "object"},
        },
        "A command that runs once, after the others.",
    )
    counts = dict.fromkeys(("pending", *Counts._fields), _NUMBER)
    times = dict.fromkeys(("endedAt", "estimatedEndAt", "cancelRequestedAt"), _MOMENT)
    told = _object({"when": {"type": "string"}, "id": _ID, "sent": {"type": "boolean"}}, {})
    known = {"id": _ID, "total": _NUMBER, "createdAt": _MOMENT}
    return {
        "BatchSubmission": {
            **_object({"commands": commands}, {"then": follower}),
            "additionalProperties": False,
        },
        "BatchAccepted": _object({**known, "status": {"const": "RUNNING"}}, {}),
        "CountedBatch": _object(
            {
                **known,
                "status": {"enum": ["RUNNING", "ENDED"]},
                "counts": _object(counts, {}, "Commands by status."),
                "share": {"type": "number", "minimum": 0, "maximum": 1},
            },
            {**times, "then": told},
        ),
    }


def _object(required: Node, optional: Node, description: str = "") -> Node:
    found: Node = {
        "type": "object",
        "required": [*required],
        "properties": {**required, **optional},
    }
    return {**found, "description": description} if description else found
