"""What operations are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.schemas import ID

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

# Fewer than are taken, but these need no thought in any language.
_KEY = "[A-Za-z0-9._-]{1,253}"


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
    return [idempotency_key()] if described.door == "validated" else []


def idempotency_key() -> Node:
    """The key of a request that may be repeated."""
    return {
        "name": "idempotency-key",
        "in": "header",
        "description": "The same key with the same body is one command; quotes are optional.",
        "schema": {
            "type": "string",
            "pattern": f'^("{_KEY}"|{_KEY})$',
        },
    }
