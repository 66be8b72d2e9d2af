"""Parameters, bodies and credentials that operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.schemas import ID

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

# Statuses of requests that a function checks.
CHECKED: tuple[int, ...] = (400, 409, 413, 415, 422)
# Fewer than are taken, but these need no thought in any language.
_KEY = "[A-Za-z0-9._-]{1,253}"


def security(described: Description, verb: str) -> Node:
    """What a caller needs who submits, reads or cancels."""
    if described.mode == "jwt":
        # One of them is enough.
        scopes: list[list[str]] = [[one] for one in described.scopes(verb)] or [[]]
        return {"security": [{"jwt": one} for one in scopes]}
    return {"security": [{"iam": []}]} if described.mode == "iam" else {}


def path_id(name: str) -> Node:
    """The part of the path that names a command."""
    return {"name": name, "in": "path", "required": True, "schema": ID}


def json_body(schema: Node) -> Node:
    """A body that has to be there."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def group(described: Description) -> list[Node]:
    """The FIFO group, where there are such."""
    if not described.fifo:
        return []
    schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
    return [{"name": "x-message-group-id", "in": "header", "required": True, "schema": schema}]


def key(described: Description) -> list[Node]:
    """The key, where /commands knows one."""
    return [idempotency_key()] if described.api_mode == "validated" else []


def correlation(described: Description) -> list[Node]:
    """What the client calls the request; direct submission takes no such name."""
    if described.rest:
        # A gateway cannot refuse one, so it leaves out what is none.
        return [{**correlation_id(), "schema": {"type": "string"}}]
    return [] if described.api_mode == "direct" else [correlation_id()]


def correlation_id() -> Node:
    """The name under which a request is in the logs."""
    return {
        "name": "x-correlation-id",
        "in": "header",
        "description": "Correlation id for the logs; defaults to the command id.",
        "schema": ID,
    }


def idempotency_key() -> Node:
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
