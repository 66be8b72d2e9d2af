"""Paths: what can be asked of the API, and what each operation is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_api.domain.recurring import LARGEST_PAGE, PAGE
from command_api.openapi.answers import json_answer, refusals, told
from command_api.openapi.description import component, ref
from command_api.openapi.schedules import SCHEDULE_ID
from command_api.openapi.schemas import ID, RESULTS

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

# Fewer than are taken, but these need no thought in any language.
_KEY = "[A-Za-z0-9._-]{1,253}"
_CHECKED: tuple[int, ...] = (400, 409, 413, 415, 422)
_GATEWAY: tuple[int, ...] = (400, 413)
_BATCH_TAKEN = ("location", "retry-after", "x-correlation-id")
_TAKEN = ("location", "retry-after", "x-command-id", "x-correlation-id")


def paths(described: Description) -> Node:
    """Every path with its operations."""
    found: Node = {"/commands": {"post": _submit(described, "submitCommand")}}
    one: Node = {"parameters": [_path_id("id")], "get": _status(described, "getCommand")}
    if not (described.owned or described.rest):
        one["put"] = _put(described)
    one["delete"] = _cancel(described)
    found["/commands/{id}"] = one
    if described.outcomes:
        found["/commands/{id}/outcome"] = {
            "parameters": [_path_id("id")],
            "post": _outcome(described),
        }
    if described.rest:
        found["/submit"] = {"post": _submit(described, "submitJob")}
        job = {"parameters": [_path_id("id")], "get": _status(described, "getJob")}
        found["/status/{id}"] = job
    for name in described.priorities:
        chosen = f"/priorities/{name}/commands"
        found[chosen] = {"post": _submit(described, f"submitCommand_{name}")}
        if not (described.owned or described.rest):
            put = {**_put(described), "operationId": f"putCommand_{name}"}
            found[f"{chosen}/{{id}}"] = {"parameters": [_path_id("id")], "put": put}
    if described.api_mode == "validated":
        found["/commands:batch"] = {"post": _batch(described)}
    if described.batches:
        found |= _batches(described)
    if described.schedules:
        found |= _schedules(described)
    for route_key, command_type in sorted(described.routes.items()):
        found[route_key.partition(" ")[2]] = {"post": _own(described, route_key, command_type)}
    found["/openapi.json"] = {"get": _openapi(described)}
    return found


def _submit(described: Description, name: str) -> Node:
    accepted = _accepted(described)
    statuses = _CHECKED if described.api_mode == "validated" else _GATEWAY
    if described.rest:
        statuses = (*_GATEWAY, 415)
    return {
        "operationId": name,
        "summary": "Submit a command",
        "parameters": [*_group(described), *_key(described), *_correlation(described)],
        "requestBody": _json_body(ref("schemas", "Submission")),
        "responses": {"202": accepted, **refusals(described, statuses)},
        **_security(described, "submit"),
    }


def _put(described: Description) -> Node:
    statuses = (*_CHECKED, 404) if described.api_mode == "validated" else _GATEWAY
    return {
        "operationId": "putCommand",
        "summary": "Submit a command with a client-chosen id (idempotent)",
        "parameters": [*_group(described), *_correlation(described)],
        "requestBody": _json_body(ref("schemas", "Submission")),
        "responses": {"202": _accepted(described, chosen=True), **refusals(described, statuses)},
        **_security(described, "submit"),
    }


def _accepted(described: Description, *, chosen: bool = False) -> Node:
    if described.api_mode == "validated":
        text = "Command stored and queued."
        return json_answer(text, ref("schemas", "Accepted"), *_TAKEN)
    if described.rest:
        text = "Command queued."
        return json_answer(text, ref("schemas", "Queued"), *_TAKEN)
    # The gateway can put its own request id into a header, and no part of a request.
    where = {} if chosen else {"headers": told("x-command-id")}
    return {
        "description": "Command queued. The body is the response of SQS.",
        **where,
        "content": {"*/*": {}},
    }


def _batches(described: Description) -> Node:
    """Batches that are counted: submit, show, cancel."""
    shown = json_answer("The batch.", ref("schemas", "CountedBatch"), "retry-after")
    key = {**_idempotency_key(), "required": True, "description": "One batch per key."}
    submit = {
        "operationId": "submitBatch",
        "summary": "Submit up to 100 commands as one batch",
        "description": "Valid as a whole or not at all. The id of a command is the batch's id, a "
        "full stop and its place from 0.",
        "parameters": [key, *_correlation(described)],
        "requestBody": _json_body(_asked(described)),
        "responses": {
            "202": json_answer("Batch stored.", ref("schemas", "BatchAccepted"), *_BATCH_TAKEN),
            **refusals(described, _CHECKED),
        },
        **_security(described, "submit"),
    }
    show = {
        "operationId": "getBatch",
        "summary": "Get the counts of a batch",
        "responses": {"200": shown, **refusals(described, (400, 404))},
        **_security(described, "read"),
    }
    cancel = {
        "operationId": "cancelBatch",
        "summary": "Cancel the commands of a batch that have not started",
        "responses": {"200": shown, **refusals(described, (400, 404))},
        **_security(described, "cancel"),
    }
    one = {"parameters": [_path_id("id")], "get": show, "delete": cancel}
    return {"/batches": {"post": submit}, "/batches/{id}": one}


def _asked(described: Description) -> Node:
    """The bodies of POST /batches."""
    inline = ref("schemas", "BatchSubmission")
    if not described.uploads:
        return inline
    return {"oneOf": [inline, ref("schemas", "UploadSubmission")]}


def _schedules(described: Description) -> Node:
    """Recurring schedules: make, change, show, list, delete."""
    schedule, read = ref("schemas", "Schedule"), _security(described, "read")
    path_id = {"name": "id", "in": "path", "required": True, "schema": SCHEDULE_ID}
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
        "requestBody": _json_body(ref("schemas", "ScheduleRequest")),
        "responses": {
            "200": json_answer("Schedule replaced.", schedule),
            "201": json_answer("Schedule made.", schedule, "location"),
            **refusals(described, (*_CHECKED, 404)),
        },
        **_security(described, "submit"),
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
        **_security(described, "cancel"),
    }
    one = {"parameters": [path_id], "get": show, "put": put, "delete": delete}
    return {"/schedules": {"get": listing}, "/schedules/{id}": one}


def _batch(described: Description) -> Node:
    name = "x-correlation-id"
    answer = json_answer(RESULTS, ref("schemas", "BatchAnswer"), name)
    return {
        "operationId": "submitCommands",
        "summary": "Submit up to 100 commands; each succeeds or fails on its own",
        "description": "Set `key` per command for idempotency; the header `Idempotency-Key` is "
        "rejected with 400.",
        "parameters": [*_group(described), *_correlation(described)],
        "requestBody": _json_body(ref("schemas", "Batch")),
        "responses": {"200": answer, **refusals(described, (400, 413, 415, 422))},
        **_security(described, "submit"),
    }


def _own(described: Description, route_key: str, command_type: str) -> Node:
    shown = described.accepted.get(command_type)
    schema = ref("schemas", "Accepted")
    if shown is not None:
        properties: Node = {name: {} for name in shown}
        schema = {
            "type": "object",
            "required": ["id", *shown],
            "properties": {**properties, "id": ID},
        }
    example = {"id": "0f8fad5bd9cb469fa16570867728950e", **shown} if shown else None
    text = "Command stored and queued."
    answer = json_answer(text, schema, *_TAKEN, example=example)
    title = (described.inputs.get(command_type) or {}).get("description", f"Submit {command_type}")
    return {
        "operationId": re.sub(r"[^A-Za-z0-9]+", "_", route_key).strip("_"),
        "summary": str(title).rstrip("."),
        "parameters": [*_group(described), _idempotency_key(), _correlation_id()],
        "requestBody": _json_body(ref("schemas", component(command_type))),
        "responses": {"202": answer, **refusals(described, _CHECKED)},
        **_security(described, "submit"),
    }


def _status(described: Description, name: str) -> Node:
    wait: Node = {
        "name": "wait",
        "in": "query",
        "description": "Long polling: seconds to wait for the command to reach a terminal status.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 9999},
    }
    past: Node = {
        "name": "history",
        "in": "query",
        "description": "1: include the changes of the status, `history`.",
        "schema": {"const": 1},
    }
    known: Node = {"name": "if-none-match", "in": "header", "schema": {"type": "string"}}
    shown = ref("schemas", "Command")
    text = "Current state of the command."
    names = ("etag", "cache-control", "retry-after")
    return {
        "operationId": name,
        "summary": "Get the status of a command",
        "parameters": [wait, past, known],
        "responses": {
            "200": json_answer(text, shown, *names),
            "304": {"description": "Not modified.", "headers": told(*names)},
            **refusals(described, (400, 404)),
        },
        **_security(described, "read"),
    }


def _cancel(described: Description) -> Node:
    command, version = ref("schemas", "Command"), ("etag", "cache-control")
    answer = json_answer("Command cancelled.", command, *version)
    asked = json_answer("Running command asked to stop.", command, *version, "retry-after")
    return {
        "operationId": "cancelCommand",
        "summary": "Cancel a command, or ask it to stop if it runs",
        "responses": {"200": answer, "202": asked, **refusals(described, (400, 404, 409))},
        **_security(described, "cancel"),
    }


def _outcome(described: Description) -> Node:
    text = "Report stored. CANCELLING asks to stop. An outcome may be reported again."
    return {
        "operationId": "reportOutcome",
        "summary": "Report progress or the outcome of a command that was handed over",
        "description": "The token of the hand-over is the credential, whatever other operations "
        "ask for.",
        "requestBody": _json_body(ref("schemas", "Report")),
        "responses": {
            "200": json_answer(text, ref("schemas", "Reported")),
            **refusals(described, (400, 401, 409, 413, 415, 422)),
        },
        "security": [{"handOver": []}],
    }


def _openapi(described: Description) -> Node:
    answer = json_answer("The OpenAPI document.", {"type": "object"}, "etag", "cache-control")
    same = {"description": "Not modified.", "headers": told("etag", "cache-control")}
    open_to_all: Node = {} if described.rest else {"security": []}
    return {
        "operationId": "getOpenapi",
        "summary": "Get the OpenAPI document",
        "responses": {"200": answer, "304": same, **refusals(described, ())},
        **open_to_all,
    }


def _security(described: Description, verb: str) -> Node:
    if described.mode == "jwt":
        # One of them is enough.
        scopes: list[list[str]] = [[one] for one in described.scopes(verb)] or [[]]
        return {"security": [{"jwt": one} for one in scopes]}
    return {"security": [{"iam": []}]} if described.mode == "iam" else {}


def _path_id(name: str) -> Node:
    """The part of the path that names a command."""
    return {"name": name, "in": "path", "required": True, "schema": ID}


def _json_body(schema: Node) -> Node:
    """A body that has to be there."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _group(described: Description) -> list[Node]:
    """The FIFO group, where there are such."""
    if not described.fifo:
        return []
    schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
    return [{"name": "x-message-group-id", "in": "header", "required": True, "schema": schema}]


def _key(described: Description) -> list[Node]:
    """The key, where /commands knows one."""
    return [_idempotency_key()] if described.api_mode == "validated" else []


def _correlation(described: Description) -> list[Node]:
    """What the client calls the request; direct submission takes no such name."""
    if described.rest:
        # A gateway cannot refuse one, so it leaves out what is none.
        return [{**_correlation_id(), "schema": {"type": "string"}}]
    return [] if described.api_mode == "direct" else [_correlation_id()]


def _correlation_id() -> Node:
    """The name under which a request is in the logs."""
    return {
        "name": "x-correlation-id",
        "in": "header",
        "description": "Correlation id for the logs; defaults to the command id.",
        "schema": ID,
    }


def _idempotency_key() -> Node:
    """The key of a request that may be repeated."""
    return {
        "name": "idempotency-key",
        "in": "header",
        "description": "One command per key, however often it is sent. Quotes are optional.",
        "schema": {
            "type": "string",
            "pattern": f'^("{_KEY}"|{_KEY})$',
        },
    }
