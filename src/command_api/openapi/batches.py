"""Batches that are counted: their paths and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.batches import (
    MOST_BYTES,
    MOST_LINES,
    MOST_MEMBERS,
    Counts,
    State,
    When,
)
from command_api.domain.model import ID_CHARACTERS
from command_api.openapi.answers import json_answer, refusals
from command_api.openapi.description import ref
from command_api.openapi.operations import (
    CHECKED,
    correlation,
    idempotency_key,
    json_body,
    path_id,
    security,
)

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

_ID: Node = {"type": "string", "pattern": f"^{ID_CHARACTERS}$"}
_MOMENT: Node = {"type": "string", "format": "date-time"}
_NUMBER: Node = {"type": "integer", "minimum": 0}
_TAKEN = ("location", "retry-after", "x-correlation-id")


def batch_paths(described: Description) -> Node:
    """Batches that are counted: submit, show, cancel."""
    if not described.batches:
        return {}
    shown = json_answer("The batch.", ref("schemas", "CountedBatch"), "retry-after")
    key = {**idempotency_key(), "required": True, "description": "One batch per key."}
    submit = {
        "operationId": "submitBatch",
        "summary": "Submit up to 100 commands as one batch",
        "description": "Valid as a whole or not at all. The id of a command is the batch's id, a "
        "full stop and its place from 0.",
        "parameters": [key, *correlation(described)],
        "requestBody": json_body(_asked(described)),
        "responses": {
            "202": json_answer("Batch stored.", ref("schemas", "BatchAccepted"), *_TAKEN),
            **refusals(described, CHECKED),
        },
        **security(described, "submit"),
    }
    show = {
        "operationId": "getBatch",
        "summary": "Get the counts of a batch",
        "responses": {"200": shown, **refusals(described, (400, 404))},
        **security(described, "read"),
    }
    cancel = {
        "operationId": "cancelBatch",
        "summary": "Cancel the commands of a batch that have not started",
        "responses": {"200": shown, **refusals(described, (400, 404))},
        **security(described, "cancel"),
    }
    one = {"parameters": [path_id("id")], "get": show, "delete": cancel}
    return {"/batches": {"post": submit}, "/batches/{id}": one}


def _asked(described: Description) -> Node:
    """The bodies of POST /batches."""
    inline = ref("schemas", "BatchSubmission")
    if not described.uploads:
        return inline
    return {"oneOf": [inline, ref("schemas", "UploadSubmission")]}


def batch_schemas(described: Description) -> Node:
    """What is submitted, what is answered, and what a batch shows."""
    if not described.batches:
        return {}
    uploads = described.uploads
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
    listed: Node = {"results": {"type": "boolean", "default": False}} if uploads else {}
    states = [str(one) for one in State if uploads or one in (State.RUNNING, State.ENDED)]
    found: Node = {
        "BatchSubmission": {
            **_object({"commands": commands}, {"then": follower, **listed}),
            "additionalProperties": False,
        },
        "BatchAccepted": _object(
            {**known, "status": {"enum": states} if uploads else {"const": "RUNNING"}},
            {"upload": _place()} if uploads else {},
        ),
        "CountedBatch": _object(
            {
                **known,
                "status": {"enum": states},
                "counts": _object(counts, {}, "Commands by status."),
                "share": {"type": "number", "minimum": 0, "maximum": 1},
            },
            {**times, "then": told, **(_shown() if uploads else {})},
        ),
    }
    if uploads:
        found["UploadSubmission"] = {
            **_object({"upload": _upload()}, {"then": follower}),
            "additionalProperties": False,
        }
    return found


def _upload() -> Node:
    size: Node = {"type": "integer", "minimum": 1, "maximum": MOST_BYTES}
    digest: Node = {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "SHA-256 of the file, in hexadecimal digits.",
    }
    about = f"A file whose lines are commands, {MOST_LINES:,} at most."
    return {**_object({"bytes": size, "sha256": digest}, {}, about), "additionalProperties": False}


def _place() -> Node:
    known: Node = {
        "method": {"const": "PUT"},
        "url": {"type": "string", "format": "uri"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "expiresAt": _MOMENT,
    }
    return _object(known, {}, "Where to upload the file, with these headers; absent afterwards.")


def _shown() -> Node:
    read = _object({"bytes": _NUMBER, "submitted": _NUMBER}, {}, "How far the file has come.")
    url: Node = {
        "type": "string",
        "format": "uri",
        "description": "Where to read the results of all commands, one JSON object a line.",
    }
    return {"upload": read, "resultsUrl": url}


def _object(required: Node, optional: Node, description: str = "") -> Node:
    found: Node = {
        "type": "object",
        "required": [*required],
        "properties": {**required, **optional},
    }
    return {**found, "description": description} if description else found
