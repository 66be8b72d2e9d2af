"""Inputs checked by JSON Schema: `handlers/<type>.schema.json`, where there is one.

The library writes a Python function for a schema, once per process and type. Nothing of it is
imported before a command turns up whose type has a schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from command_api.domain.violations import Violation, pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_api.domain.model import JSON

# Somebody with more mistakes than that has one mistake.
MOST = 20
# Under these words a schema holds fields and their schemas, or values that are no schemas.
_NAMES = frozenset({"properties", "definitions", "dependencies"})
_VALUES = frozenset({"const", "enum", "default", "examples"})


@dataclass(eq=False, repr=False)
class HandlerSchemas:
    """The schemas beside the modules of a package."""

    package: str = "handlers"
    _checks: dict[str, Callable[[Any], Sequence[Violation]] | None] = field(default_factory=dict)

    def violations(self, kind: str, work: Mapping[str, JSON]) -> Sequence[Violation]:
        """What is wrong with an input of this type, which must be a registered one."""
        if kind not in self._checks:
            schema = self.schema(kind)
            self._checks[kind] = None if schema is None else _check(schema)
        check = self._checks[kind]
        return check(work) if check else ()

    def schema(self, kind: str) -> dict[str, Any] | None:
        """The schema of a type; any object will do where there is none."""
        import pkgutil  # noqa: PLC0415 - reads from a folder and from a zip

        try:
            found = pkgutil.get_data(self.package, f"{kind}.schema.json")
        except OSError:
            return None
        return json.loads(found) if found else None


def _check(schema: dict[str, Any]) -> Callable[[Any], Sequence[Violation]]:
    import fastjsonschema  # noqa: PLC0415 - see above

    from command_api.adapters.schema_errors import violation  # noqa: PLC0415

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
        violations = [one for error in errors[:MOST] for one in violation(error, work)]
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
        raise ValueError("a schema names its fields: patternProperties is not supported")
    rules = {word: bounded.pop(word) for word in ("pattern", "format") if word in node}
    if rules:
        if "maxLength" not in node:
            raise ValueError(f"{' and '.join(rules)} needs a maxLength beside it")
        short = {"if": {"maxLength": node["maxLength"]}, "then": rules}
        bounded["allOf"] = [*bounded.get("allOf", ()), short]
    return bounded


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema may refer to itself only, not to {uri}")
