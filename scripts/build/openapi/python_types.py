"""The inputs and results of an OpenAPI document as Python types."""

from __future__ import annotations

import textwrap
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEAD = '''"""Inputs and results of command types, by their schemas; `make docs` writes this file."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''
_WORDS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
    "array": "list[Any]",
}


def python_types(document: Mapping[str, Any]) -> str:
    """The whole module: `ProcessOrderInput`, `ProcessOrderResult` and so on.

    What Python's types cannot say, such as a range of numbers, is left out of them.
    """
    parts = [HEAD]
    for name, schema in document["components"]["schemas"].items():
        kind, _, command_type = name.partition(".")
        if kind in ("Input", "Result") and _has_fields(schema):
            parts += _typed_dict(_class(command_type) + kind, schema)
    return "\n".join(parts)


def _class(name: str) -> str:
    words = "".join(one if one.isalnum() else " " for one in name).split()
    return "".join(word[0].upper() + word[1:] for word in words)


def _typed_dict(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """The classes of an object's objects, and then its own."""
    required, fields = schema.get("required", ()), []
    for field, inner in schema["properties"].items():
        inner_name = name + _class(field)
        if _has_fields(inner):
            yield from _typed_dict(inner_name, inner)
        one = _type(inner, inner_name)
        fields += _comment(inner)
        fields.append(f"    {field}: {one if field in required else f'NotRequired[{one}]'}")
    said = schema.get("description", "As its schema says.").split(". ")[0].rstrip(".")
    yield f'\nclass {name}(TypedDict):\n    """{said}."""\n'
    yield from fields
    yield ""


def _has_fields(schema: Mapping[str, Any]) -> bool:
    fields = schema.get("properties") or {}
    return fields != {} and all(name.isidentifier() and not iskeyword(name) for name in fields)


def _comment(schema: Mapping[str, Any]) -> list[str]:
    return textwrap.wrap(
        schema.get("description", ""), 94, initial_indent="    # ", subsequent_indent="    # "
    )


def _type(schema: Mapping[str, Any], name: str) -> str:
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        plain = all(value is None or isinstance(value, str | int) for value in values)
        return f"Literal[{', '.join(map(_quoted, values))}]" if plain else "Any"
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(_type(one, name) for one in alternatives))
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_of(kind, schema, name) for kind in kinds) or "Any"


def _of(kind: str, schema: Mapping[str, Any], name: str) -> str:
    items, values = schema.get("items"), schema.get("additionalProperties")
    if kind == "object" and _has_fields(schema):
        return name
    if kind == "object" and isinstance(values, dict) and not _has_fields(values):
        return f"dict[str, {_type(values, name)}]"
    if kind == "array" and isinstance(items, dict) and not _has_fields(items):
        return f"list[{_type(items, name)}]"
    return _WORDS[kind]


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and '"' not in value else repr(value)
