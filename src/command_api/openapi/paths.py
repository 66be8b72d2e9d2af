"""Paths: what can be asked of the API, and what each operation is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_api.openapi.answers import json_answer, refusals, told
from command_api.openapi.description import component, ref
from command_api.openapi.features import FEATURES
from command_api.openapi.operations import (
    CHECKED,
    correlation,
    correlation_id,
    group,
    idempotency_key,
    json_body,
    key,
    path_id,
    security,
)
from command_api.openapi.schemas import ID, RESULTS

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

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
    if described.outcomes:
        found["/commands/{id}/outcome"] = {
            "parameters": [path_id("id")],
            "post": _outcome(described),
        }
    if described.rest:
        found["/submit"] = {"post": _submit(described, "submitJob")}
        job = {"parameters": [path_id("id")], "get": _status(described, "getJob")}
        found["/status/{id}"] = job
    for name in described.priorities:
        chosen = f"/priorities/{name}/commands"
        found[chosen] = {"post": _submit(described, f"submitCommand_{name}")}
        if not (described.owned or described.rest):
            put = {**_put(described), "operationId": f"putCommand_{name}"}
            found[f"{chosen}/{{id}}"] = {"parameters": [path_id("id")], "put": put}
    if described.api_mode == "validated":
        found["/commands:batch"] = {"post": _batch(described)}
    for feature in FEATURES:
        found |= feature.paths(described)
    for route_key, command_type in sorted(described.routes.items()):
        found[route_key.partition(" ")[2]] = {"post": _own(described, route_key, command_type)}
    found["/openapi.json"] = {"get": _openapi(described)}
    return found


def _submit(described: Description, name: str) -> Node:
    accepted = _accepted(described)
    statuses = CHECKED if described.api_mode == "validated" else _GATEWAY
    if described.rest:
        statuses = (*_GATEWAY, 415)
    return {
        "operationId": name,
        "summary": "Submit a command",
        "parameters": [*group(described), *key(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Submission")),
        "responses": {"202": accepted, **refusals(described, statuses)},
        **security(described, "submit"),
    }


def _put(described: Description) -> Node:
    statuses = (*CHECKED, 404) if described.api_mode == "validated" else _GATEWAY
    return {
        "operationId": "putCommand",
        "summary": "Submit a command with a client-chosen id (idempotent)",
        "parameters": [*group(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Submission")),
        "responses": {"202": _accepted(described, chosen=True), **refusals(described, statuses)},
        **security(described, "submit"),
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


def _batch(described: Description) -> Node:
    name = "x-correlation-id"
    answer = json_answer(RESULTS, ref("schemas", "BatchAnswer"), name)
    return {
        "operationId": "submitCommands",
        "summary": "Submit up to 100 commands; each succeeds or fails on its own",
        "description": "Set `key` per command for idempotency; the header `Idempotency-Key` is "
        "rejected with 400.",
        "parameters": [*group(described), *correlation(described)],
        "requestBody": json_body(ref("schemas", "Batch")),
        "responses": {"200": answer, **refusals(described, (400, 413, 415, 422))},
        **security(described, "submit"),
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
        "parameters": [*group(described), idempotency_key(), correlation_id()],
        "requestBody": json_body(ref("schemas", component(command_type))),
        "responses": {"202": answer, **refusals(described, CHECKED)},
        **security(described, "submit"),
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
        **security(described, "read"),
    }


def _cancel(described: Description) -> Node:
    command, version = ref("schemas", "Command"), ("etag", "cache-control")
    answer = json_answer("Command cancelled.", command, *version)
    asked = json_answer("Running command asked to stop.", command, *version, "retry-after")
    return {
        "operationId": "cancelCommand",
        "summary": "Cancel a command, or ask it to stop if it runs",
        "responses": {"200": answer, "202": asked, **refusals(described, (400, 404, 409))},
        **security(described, "cancel"),
    }


def _outcome(described: Description) -> Node:
    text = "Report stored. CANCELLING asks to stop. An outcome may be reported again."
    return {
        "operationId": "reportOutcome",
        "summary": "Report progress or the outcome of a command that was handed over",
        "description": "The token of the hand-over is the credential, whatever other operations "
        "ask for.",
        "requestBody": json_body(ref("schemas", "Report")),
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
