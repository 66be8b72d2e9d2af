"""Inputs and results checked by JSON Schema, where there is one beside the handler.

`handlers/<type>.schema.json` describes a type's input, `<type>.result.schema.json` its result.

The library writes a Python function for a schema, once per process and type. It is not imported
before a command turns up whose type has a schema. What it found is told in words that never quote a
value.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from command_api.domain.violations import UNKNOWN_FIELD, Violation, pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fastjsonschema import JsonSchemaValueException

    from command_api.domain.model import JSON
    from command_api.domain.violations import Path

INPUT, RESULT = ".schema.json", ".result.schema.json"

# Somebody with more mistakes than that has one mistake.
MOST = 20
# Under these words a schema holds fields and their schemas, or values that are no schemas.
_NAMES = frozenset({"properties", "definitions", "dependencies"})
_VALUES = frozenset({"const", "enum", "default", "examples"})
_INDEX = re.compile(r"\[([0-9]+)\]", re.ASCII)
_WORDS = {
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be greater than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} fields",
    "maxProperties": "must have at most {} fields",
    "uniqueItems": "must not contain duplicate items",
    "pattern": "must match {}",
    "format": "must be a valid {}",
    "const": "must be {}",
}
_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(eq=False, repr=False)
class HandlerSchemas:
    """The schemas of inputs or of results, by the end of their files' names."""

    ending: str = INPUT
    package: str = "handlers"
    _checks: dict[str, Callable[[Any], Sequence[Violation]] | None] = field(default_factory=dict)

    def violations(self, command_type: str, value: JSON) -> Sequence[Violation]:
        """What is wrong with a value of this type, which must be a registered one."""
        if command_type not in self._checks:
            schema = self.schema(command_type)
            self._checks[command_type] = None if schema is None else _check(schema)
        check = self._checks[command_type]
        return check(value) if check else ()

    def schema(self, command_type: str) -> dict[str, Any] | None:
        """The schema of a type, None where it has none."""
        import pkgutil  # noqa: PLC0415 - reads from a folder and from a zip

        try:
            found = pkgutil.get_data(self.package, command_type + self.ending)
        except OSError:
            return None
        return json.loads(found) if found else None


def _check(schema: dict[str, Any]) -> Callable[[Any], Sequence[Violation]]:
    import fastjsonschema  # noqa: PLC0415 - see above

    validate = fastjsonschema.compile(
        _bounded(schema),
        # A schema is complete in its file: nothing is fetched from anywhere.
        handlers={"http": _refuse, "https": _refuse, "file": _refuse},
        use_default=False,
        fast_fail=False,
    )

    def check(work: Any) -> Sequence[Violation]:  # noqa: ANN401 - any JSON
        try:
            validate(work)
        except fastjsonschema.JsonSchemaValuesException as found:
            errors = found.errors
        except fastjsonschema.JsonSchemaValueException as found:
            errors = [found]
        except RecursionError:
            return [Violation((), "is nested too deeply")]
        else:
            return ()
        violations = [one for error in errors[:MOST] for one in _violation(error, work)]
        # One fault found twice, as by allOf, is named once; and the library's order is by chance.
        return sorted(set(violations), key=lambda one: (pointer(one.path), one.detail))[:MOST]

    return check


def _bounded(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """The schema with its `pattern` and `format` run only where `maxLength` holds.

    A regular expression may take longer than in proportion to its text, and all rules of a schema
    are checked even where one has failed. `names` says that the keys of `node` name fields.
    """
    if isinstance(node, list):
        return [_bounded(one) for one in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {name: _bounded(one) for name, one in node.items()}
    bounded = {
        word: one if word in _VALUES else _bounded(one, names=word in _NAMES)
        for word, one in node.items()
    }
    if "patternProperties" in node:
        raise ValueError("patternProperties is not supported; list the fields under properties")
    rules = {word: bounded.pop(word) for word in ("pattern", "format") if word in node}
    if rules:
        if "maxLength" not in node:
            raise ValueError(f"{' and '.join(rules)} requires maxLength in the same schema")
        short = {"if": {"maxLength": node["maxLength"]}, "then": rules}
        bounded["allOf"] = [*bounded.get("allOf", ()), short]
    return bounded


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f'$ref must point into the same schema ("#/..."), not to {uri}')


def _violation(error: JsonSchemaValueException, root: Any) -> Iterator[Violation]:  # noqa: ANN401 - any JSON
    """One field for each error, several for required and for unknown ones."""
    path = _locate(root, (error.name or "data").removeprefix("data"), error.value)
    rule, definition = error.rule, error.rule_definition
    if rule == "required" and isinstance(error.value, dict):
        missing = (name for name in definition if name not in error.value)
        yield from (Violation((*path, name), "is required") for name in missing)
    elif rule == "additionalProperties" and isinstance(error.value, dict):
        unknown = islice(_unknown(error.value, error.definition), 20)
        yield from (Violation((*path, name), UNKNOWN_FIELD) for name in unknown)
    else:
        yield Violation(path, _detail(rule or "", definition))


def _detail(rule: str, definition: Any) -> str:  # noqa: ANN401 - any JSON
    if rule == "type":
        kinds: list[str] = definition if isinstance(definition, list) else [definition]
        return f"must be {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}"
    if rule == "enum":
        return f"must be one of {', '.join(json.dumps(one) for one in definition)}"[:200]
    if not rule:
        return "is not allowed"
    words = _WORDS.get(rule, f"violates the schema rule {rule}")
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
