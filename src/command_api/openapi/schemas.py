"""Schemas of request and response bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command_api.domain.model import DOT_SEGMENTS, ID_CHARACTERS, Status
from command_api.domain.progress import NOTE_LENGTH
from command_api.domain.timing import DELAY, EXPIRES, FARTHEST, NOT_BEFORE
from command_api.openapi.callbacks import callback_schemas
from command_api.openapi.description import component, ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.openapi.description import Description, Node

STATUSES = [status.value for status in Status]
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_SCHEDULED_FOR = {**_MOMENT, "description": "Start of a scheduled command, at the earliest."}
_TIMES: Node = {
    NOT_BEFORE: {**_MOMENT, "description": "Earliest start, with an offset."},
    DELAY: {
        "type": "integer",
        "minimum": 0,
        "maximum": int(FARTHEST.total_seconds()),
        "description": f"Earliest start, in seconds from now; instead of `{NOT_BEFORE}`.",
    },
    EXPIRES: {**_MOMENT, "description": "Latest start; the command then fails with `expired`."},
}
# Without a lookahead in the pattern: not every language of a client has them.
ID: Node = {
    "type": "string",
    "pattern": f"^{ID_CHARACTERS}$",
    "not": {"enum": list(DOT_SEGMENTS)},
}
RESULTS = "One result per command, in the order of the request."
_EXAMPLE = {"id": "order-1042", "type": "echo", "createdAt": "2030-01-02T03:04:05.000Z"}


def schemas(described: Description) -> Node:
    """All named schemas."""
    found = {
        "Command": _command(),
        "CommandError": _object(
            {"code": _TEXT, "message": _TEXT, "retryable": {"type": "boolean"}},
            description="Error of the last attempt; if `retryable`, another attempt may succeed.",
        ),
        **callback_schemas(submitted=described.callbacks),
        "Progress": _progress(),
        "HandedOver": _handed_over(),
        **({"Report": _report(), "Reported": _reported()} if described.outcomes else {}),
        "Change": _change(),
        "Problem": _problem(),
        "Submission": command_schema(described),
        **input_schemas(described),
        **result_schemas(described),
    }
    if described.rest:
        found["Queued"] = _object(
            {"id": ID, "status": {"const": Status.PENDING.value}},
            description="Command queued.",
        )
    else:
        found["Message"] = _object(
            {"message": {"type": ["string", "null"]}},
            description="Error response of API Gateway itself.",
        )
    if described.api_mode == "validated":
        found |= {"Batch": _batch(), "BatchAnswer": _batch_answer()}
    if described.api_mode == "validated" or described.routes:
        found["Accepted"] = _accepted()
    return found


def _object(properties: Node, *, optional: Node | None = None, **more: Any) -> Node:  # noqa: ANN401 - any JSON
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
        **more,
    }


def _command() -> Node:
    return _object(
        {
            "id": ID,
            "type": {
                "type": ["string", "null"],
                "description": "null if unreadable.",
            },
            "status": {"enum": STATUSES},
            "attempts": {"type": "integer", "minimum": 0},
            "createdAt": _MOMENT,
            "updatedAt": _MOMENT,
        },
        optional={
            "result": {
                "description": "Result of the handler, present when COMPLETED: as `Result.<type>` "
                "describes it, any JSON where that is missing."
            },
            "resultUrl": {
                "type": ["string", "null"],
                "description": "Short-lived URL of a result over 256 KB; replaces `result`.",
            },
            "error": ref("schemas", "CommandError"),
            "callback": ref("schemas", "CallbackState"),
            "progress": ref("schemas", "Progress"),
            "handedOver": ref("schemas", "HandedOver"),
            "history": {
                "type": "array",
                "items": ref("schemas", "Change"),
                "description": "With `?history=1`: changes of the status, oldest first.",
            },
            "scheduledFor": _SCHEDULED_FOR,
            "cancelRequestedAt": {
                **_MOMENT,
                "description": "When it was asked to stop; it may have ended otherwise.",
            },
        },
        description="A command and its current state.",
        examples=[
            {
                **_EXAMPLE,
                "status": Status.COMPLETED.value,
                "attempts": 1,
                "updatedAt": "2030-01-02T03:04:06.125Z",
                "result": {"echo": {}},
            }
        ],
    )


def _progress() -> Node:
    return _object(
        {
            "share": {"type": "number", "minimum": 0, "maximum": 1},
            "note": {"type": "string", "maxLength": NOTE_LENGTH},
            "at": _MOMENT,
        },
        description="How far the command has come, as its handler last reported it; absent where "
        "it reports nothing, and once COMPLETED.",
    )


def _handed_over() -> Node:
    return _object(
        {"at": _MOMENT, "deadline": _MOMENT},
        description="Something else reports the outcome, until the deadline; a report of progress "
        "moves it.",
    )


def _report() -> Node:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    progress = _object({"share": share}, optional={"note": _TEXT}, additionalProperties=False)
    error = _object(
        {"code": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}, "message": _TEXT},
        optional={"retryable": {"type": "boolean"}},
        additionalProperties=False,
    )
    ends = [
        _object({"progress": progress}, additionalProperties=False),
        _object(
            {"status": {"const": Status.COMPLETED.value}},
            optional={"result": {}},
            additionalProperties=False,
        ),
        _object(
            {"status": {"const": Status.FAILED.value}, "error": error}, additionalProperties=False
        ),
        _object({"status": {"const": Status.CANCELLED.value}}, additionalProperties=False),
    ]
    return {
        "anyOf": ends,
        "description": "How far the work has come, or how it ended.",
        "examples": [{"progress": {"share": 0.4, "note": "400 of 1,000"}}],
    }


def _reported() -> Node:
    return _object(
        {"id": ID, "status": {"enum": STATUSES}},
        optional={"handedOver": ref("schemas", "HandedOver")},
        description="The command after the report.",
    )


def _change() -> Node:
    return _object(
        {"status": {"enum": STATUSES}, "at": _MOMENT},
        optional={
            "attempt": {
                "type": "integer",
                "minimum": 1,
                "description": "The attempt that began or ended.",
            },
            "seconds": {
                "type": "number",
                "minimum": 0,
                "description": "How long the attempt took that ended.",
            },
            "error": _object({"code": _TEXT, "message": _TEXT}, description="Why it failed."),
            "handedOver": {
                "const": True,
                "description": "The attempt was handed over; something else reports its outcome.",
            },
        },
        description="A change of the status of a command.",
    )


def _accepted() -> Node:
    return _object(
        {"id": ID, "type": _TEXT, "status": {"const": Status.PENDING.value}, "createdAt": _MOMENT},
        optional={"scheduledFor": _SCHEDULED_FOR},
        description="Command stored and queued.",
        examples=[{**_EXAMPLE, "status": Status.PENDING.value}],
    )


def _problem() -> Node:
    error = _object(
        {"pointer": {"type": "string", "format": "uri-reference"}, "detail": _TEXT},
        description="`pointer` is a JSON Pointer into the request body.",
    )
    return _object(
        {"title": _TEXT, "detail": _TEXT},
        optional={
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "Kind of problem.",
            },
            "code": {"type": "string", "description": "Stable code, the end of `type`."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "errors": {"type": "array", "items": error},
            "commandStatus": {"enum": STATUSES},
            "id": ID,
            "retryAfter": {
                "type": "integer",
                "description": "Seconds to wait before a retry; batches only.",
            },
        },
        description="https://www.rfc-editor.org/rfc/rfc9457",
        examples=[
            {
                "type": "urn:problem-type:command-api:invalid_command",
                "title": "Unprocessable Content",
                "status": 422,
                "code": "invalid_command",
                "detail": "The command is invalid; see `errors`.",
                "errors": [{"pointer": "#/input/quantity", "detail": "must be at least 1"}],
            }
        ],
    )


def _batch() -> Node:
    one = {
        "description": "The body of `POST /commands` plus an optional `key`, its idempotency key. "
        "An invalid item gets a problem of its own; the others are accepted.",
        "examples": [{"type": "echo", "input": {}, "key": "order-1042"}],
    }
    commands = {"type": "array", "minItems": 1, "maxItems": 100, "items": one}
    return _object({"commands": commands}, additionalProperties=False)


def _batch_answer() -> Node:
    taken = _object(
        {
            "status": {"const": 202},
            "id": ID,
            "type": _TEXT,
            "createdAt": _MOMENT,
            "location": {"type": "string", "format": "uri-reference"},
        },
        optional={"scheduledFor": _SCHEDULED_FOR},
    )
    refused = {"allOf": [ref("schemas", "Problem"), {"required": ["status"]}]}
    results = {"type": "array", "items": {"anyOf": [taken, refused]}}
    return _object(
        {"results": results}, description="One result per command, in the order of the request."
    )


def input_schemas(described: Description) -> Node:
    """The schema of each type's input; any object where it has none.

    OpenAPI 3.1 speaks JSON Schema 2020-12. What handlers use of draft-07 means the same in it.
    """
    return {
        component(command_type): {
            "type": "object",
            "description": f"Input of {command_type}: any JSON object.",
        }
        if schema is None
        else moved(schema, f"#/components/schemas/{component(command_type)}")
        for command_type, schema in described.inputs.items()
    }


def result_schemas(described: Description) -> Node:
    """The schema of each type's result, where it has one."""
    return {
        (name := f"Result.{command_type}"): moved(schema, f"#/components/schemas/{name}")
        for command_type, schema in described.results.items()
    }


def moved(schema: Mapping[str, Any], home: str) -> Node:
    """A schema whose references to itself still lead there once it is at `home`."""
    return {name: _moved(value, home) for name, value in schema.items() if name != "$schema"}


def _moved(value: Any, home: str) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        there = value.get("$ref")
        if isinstance(there, str) and there.startswith("#"):
            return {"$ref": home + there[1:]}
        return {name: _moved(inner, home) for name, inner in value.items()}
    return [_moved(inner, home) for inner in value] if isinstance(value, list) else value


def command_schema(described: Description) -> Node:
    """What a client submits below /commands, as strict as the API is."""
    if described.api_mode == "validated":
        return {"anyOf": [_of_type(described, command_type) for command_type in described.inputs]}
    schema = _submission(described, {"type": "string", "minLength": 1}, {"type": "object"})
    if described.rest:
        return schema
    schema["description"] = (
        "SQS accepts any body. An invalid command becomes FAILED, and its status shows the error."
    )
    return schema


def _of_type(described: Description, command_type: str) -> Node:
    schema = _submission(
        described, {"const": command_type}, ref("schemas", component(command_type))
    )
    required = [] if command_type == described.default_type else ["type"]
    # An input that is not there is an empty one, which not every type takes.
    if (described.inputs[command_type] or {}).get("required"):
        required.append("input")
    return {"title": command_type, **schema, **({"required": required} if required else {})}


def _submission(described: Description, command_type: Node, command_input: Node) -> Node:
    chosen = described.priorities if described.api_mode == "validated" else ()
    priority = {"priority": {"enum": list(chosen)}} if chosen else {}
    return {
        "type": "object",
        "properties": {
            "type": command_type,
            "input": command_input,
            **({"callback": ref("schemas", "Callback")} if described.callbacks else {}),
            **priority,
            **_TIMES,
        },
        "additionalProperties": False,
    }
