"""Schemas of handlers, moved into the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command_api.openapi.description import component, ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.openapi.description import Description, Node


def input_schemas(described: Description) -> Node:
    """The schema of each type's input; any object where it has none.

    OpenAPI 3.1 speaks JSON Schema 2020-12. What handlers use of draft-07 means the same in it.
    """
    return {
        component(kind): {"type": "object", "description": f"Any input of {kind}."}
        if schema is None
        else moved(schema, f"#/components/schemas/{component(kind)}")
        for kind, schema in described.inputs.items()
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
    """What a client submits below /commands, as strict as the door is."""
    if described.door == "validated":
        return {"anyOf": [_of_type(described, kind) for kind in described.inputs]}
    schema = _command({"type": "string", "minLength": 1}, {"type": "object"})
    if described.rest:
        return schema
    schema["description"] = (
        "The queue takes any body. What is no command becomes one that has failed, and its status "
        "says why."
    )
    return schema


def _of_type(described: Description, kind: str) -> Node:
    schema = _command({"const": kind}, ref("schemas", component(kind)))
    required = [] if kind == described.default_type else ["type"]
    # An input that is not there is an empty one, which not every type takes.
    if (described.inputs[kind] or {}).get("required"):
        required.append("input")
    return {"title": kind, **schema, **({"required": required} if required else {})}


def _command(kind: Node, work: Node) -> Node:
    return {
        "type": "object",
        "properties": {"type": kind, "input": work},
        "additionalProperties": False,
    }
