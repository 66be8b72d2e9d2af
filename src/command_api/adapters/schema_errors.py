"""What fastjsonschema found, in words that never quote a value."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from command_api.domain.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastjsonschema import JsonSchemaValueException

    from command_api.domain.violations import Path

_INDEX = re.compile(r"\[([0-9]+)\]", re.ASCII)
_WORDS = {
    "minLength": "must have {} characters or more",
    "maxLength": "must have {} characters or fewer",
    "minimum": "must be {} or more",
    "maximum": "must be {} or less",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minItems": "must have {} items or more",
    "maxItems": "must have {} items or fewer",
    "minProperties": "must have {} fields or more",
    "maxProperties": "must have {} fields or fewer",
    "uniqueItems": "must not have an item twice",
    "pattern": "must match {}",
    "format": "must be a valid {}",
    "const": "must be {}",
}
_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def violation(error: JsonSchemaValueException, root: Any) -> Iterator[Violation]:  # noqa: ANN401 - any JSON
    """One field for each error, several for required and for unknown ones."""
    path = _locate(root, (error.name or "data").removeprefix("data"), error.value)
    rule, definition = error.rule, error.rule_definition
    if rule == "required" and isinstance(error.value, dict):
        missing = (name for name in definition if name not in error.value)
        yield from (Violation((*path, name), "is required") for name in missing)
    elif rule == "additionalProperties" and isinstance(error.value, dict):
        unknown = islice(_unknown(error.value, error.definition), 20)
        yield from (Violation((*path, name), "is not known here") for name in unknown)
    else:
        yield Violation(path, _detail(rule or "", definition))


def _detail(rule: str, definition: Any) -> str:  # noqa: ANN401 - any JSON
    if rule == "type":
        kinds: list[str] = definition if isinstance(definition, list) else [definition]
        return f"must be {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}"
    if rule == "enum":
        return f"must be one of {', '.join(json.dumps(one) for one in definition)}"[:200]
    if not rule:
        return "is not allowed here"
    words = _WORDS.get(rule, f"does not fit its schema ({rule})")
    shown: str = definition if isinstance(definition, str) else json.dumps(definition)
    return words.format(shown)[:200]


def _unknown(value: dict[str, Any], definition: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    known = definition.get("properties", {})
    patterns = definition.get("patternProperties", {})
    for name in value:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            yield name


def _locate(root: Any, name: str, value: Any) -> Path:  # noqa: ANN401 - any JSON
    """The path that the library calls `.items[0].name`.

    It does not tell the dot in a field's name from one between two names, so the input decides.
    """
    paths = list(islice(_paths(root, name, ()), 100))
    for path, found in paths:
        if found is value:
            return path
    return paths[0][0] if paths else ()


def _paths(node: Any, rest: str, path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - any JSON
    if not rest:
        yield path, node
    elif isinstance(node, dict) and rest.startswith("."):
        for name, value in node.items():
            if rest.startswith(name, 1) and rest[len(name) + 1 :][:1] in ("", ".", "["):
                yield from _paths(value, rest[len(name) + 1 :], (*path, name))
    elif isinstance(node, list) and (index := _INDEX.match(rest)):
        number = int(index[1])
        if number < len(node):
            yield from _paths(node[number], rest[index.end() :], (*path, number))
