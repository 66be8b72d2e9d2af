"""What can be asked of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_api.openapi.answers import json_answer, refusals, told
from command_api.openapi.description import component, ref
from command_api.openapi.parameters import (
    correlation,
    correlation_id,
    group,
    idempotency_key,
    json_body,
    key,
    path_id,
)
from command_api.openapi.schemas import ID

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

_CHECKED: tuple[int, ...] = (400, 409, 413, 415, 422)
_GATEWAY: tuple[int, ...] = (400, 413)
_TAKEN = ("location", "retry-after", "x-command-id", "x-correlation-id")


def paths(described: Description) -> Node:
    """Every path with its operations."""
    found: Node = {"/commands": {"post": _submit(described, "submitCommand")}}
    one: Node = {"parameters": [path_id("id")], "get": _status(described, "getCommand")}
    if not (described.owned or described.rest):
        one["put"] = _put(described)
    one["delete"] = _cancel(described)
    found["/commands/{id}"] = one
    if described.rest:
        found["/submit"] = {"post": _submit(described, "submitJob")}
        job = {"parameters": [path_id("jobId")], "get": _status(described, "getJob")}
        found["/status/{jobId}"] = job
    if described.door == "validated":
        found["/commands:batch"] = {"post": _batch(described)}
    for route_key, kind in sorted(described.routes.items()):
        found[route_key.partition(" ")[2]] = {"post": _own(described, route_key, kind)}
    found["/openapi.json"] = {"get": _openapi(described)}
    return found


def _submit(described: Description, name: str) -> Node:
    accepted = _accepted(described)
    statuses = _CHECKED if described.door == "validated" else _GATEWAY
    if described.rest:
        statuses = (*_GATEWAY, 415)
    return {
        "operationId": name,
        "summary": "Submit a command",
        "parameters": [*group(described), *key(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Submission")),
        "responses": {"202": accepted, **refusals(described, statuses)},
        **_security(described, "submit"),
    }


def _put(described: Description) -> Node:
    statuses = (*_CHECKED, 404) if described.door == "validated" else _GATEWAY
    return {
        "operationId": "putCommand",
        "summary": "Submit a command under an id of your own; repeating it is safe",
        "parameters": [*group(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Submission")),
        "responses": {"202": _accepted(described), **refusals(described, statuses)},
        **_security(described, "submit"),
    }


def _accepted(described: Description) -> Node:
    if described.door == "validated":
        text = "The command is written down and queued."
        return json_answer(text, ref("schemas", "Accepted"), *_TAKEN)
    if described.rest:
        text = "The command is queued."
        return json_answer(text, ref("schemas", "Queued"), *_TAKEN)
    return {
        "description": "The command is queued. The body is the queue's own; the id is in a header.",
        "headers": told("x-command-id"),
        "content": {"*/*": {}},
    }


def _batch(described: Description) -> Node:
    name = "x-correlation-id"
    answer = json_answer("An answer for each command.", ref("schemas", "BatchAnswer"), name)
    return {
        "operationId": "submitCommands",
        "summary": "Submit up to 100 commands, each for itself",
        "description": "With a header `Idempotency-Key` the answer is 400: each command has its "
        "own `key`.",
        "parameters": [*group(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Batch")),
        "responses": {"200": answer, **refusals(described, (400, 413, 415, 422))},
        **_security(described, "submit"),
    }


def _own(described: Description, route_key: str, kind: str) -> Node:
    shown = described.accepted.get(kind)
    schema = ref("schemas", "Accepted")
    if shown is not None:
        properties: Node = {name: {} for name in shown}
        schema = {
            "type": "object",
            "required": ["id", *shown],
            "properties": {**properties, "id": ID},
        }
    example = {"id": "0f8fad5bd9cb469fa16570867728950e", **shown} if shown else None
    text = "The command is written down and queued."
    answer = json_answer(text, schema, *_TAKEN, example=example)
    title = (described.inputs.get(kind) or {}).get("description", f"Submit {kind}")
    return {
        "operationId": re.sub(r"[^A-Za-z0-9]+", "_", route_key).strip("_"),
        "summary": str(title).rstrip("."),
        "parameters": [*group(described), idempotency_key(), correlation_id()],
        "requestBody": json_body(ref("schemas", component(kind))),
        "responses": {"202": answer, **refusals(described, _CHECKED)},
        **_security(described, "submit"),
    }


def _status(described: Description, name: str) -> Node:
    wait: Node = {
        "name": "wait",
        "in": "query",
        "description": "Seconds to hold the answer back for, while the command has not ended.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 9999},
    }
    known: Node = {"name": "if-none-match", "in": "header", "schema": {"type": "string"}}
    shown = ref("schemas", "Command")
    text = "The command as it is now."
    names = ("etag", "cache-control", "retry-after")
    return {
        "operationId": name,
        "summary": "Ask what became of a command",
        "parameters": [wait, known],
        "responses": {
            "200": json_answer(text, shown, *names),
            "304": {"description": "Nothing has changed.", "headers": told(*names)},
            **refusals(described, (400, 404)),
        },
        **_security(described, "read"),
    }


def _cancel(described: Description) -> Node:
    answer = json_answer("It is cancelled.", ref("schemas", "Command"), "etag", "cache-control")
    return {
        "operationId": "cancelCommand",
        "summary": "Take back a command that does not run",
        "responses": {"200": answer, **refusals(described, (400, 404, 409))},
        **_security(described, "cancel"),
    }


def _openapi(described: Description) -> Node:
    answer = json_answer("This document.", {"type": "object"}, "etag", "cache-control")
    same = {"description": "It has not changed.", "headers": told("etag", "cache-control")}
    open_to_all: Node = {} if described.rest else {"security": []}
    return {
        "operationId": "getOpenapi",
        "summary": "Describe the API",
        "responses": {"200": answer, "304": same, **refusals(described, ())},
        **open_to_all,
    }


def _security(described: Description, verb: str) -> Node:
    if described.mode == "jwt":
        # One of them is enough.
        scopes: list[list[str]] = [[one] for one in described.scopes(verb)] or [[]]
        return {"security": [{"jwt": one} for one in scopes]}
    return {"security": [{"iam": []}]} if described.mode == "iam" else {}
