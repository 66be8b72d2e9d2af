"""Lambda's event filtering: which records of a source a function gets.

AWS: "Control which events Lambda sends to your function"
(lambda/latest/dg/invocation-eventfiltering.html), filter rule syntax. Objects nest, a list holds
alternatives, and a record that matches one of the patterns is delivered.
"""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMERIC: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, wanted: value.lower() == wanted.lower(),
}
_RULES = {*_TEXT, "exists", "numeric", "anything-but"}


class InvalidPattern(Exception):
    """A filter of a mapping is not a pattern."""


def patterns(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The patterns of a mapping; InvalidPattern where one is not a pattern."""
    filters = (wanted.get("FilterCriteria") or {}).get("Filters") or []
    try:
        found = [json.loads(one["Pattern"]) for one in filters]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidPattern from error
    for pattern in found:
        _require_pattern(pattern)
    return found


def delivered(record: Mapping[str, Any], wanted: list[dict[str, Any]]) -> bool:
    """Whether a record matches one of the patterns; all do where there is none."""
    return not wanted or any(_matches(record, pattern, present=True) for pattern in wanted)


def _require_pattern(pattern: object) -> None:
    if not isinstance(pattern, dict) or not pattern:
        raise InvalidPattern(pattern)
    for inner in pattern.values():
        if not isinstance(inner, list):
            _require_pattern(inner)
        elif not inner or any(isinstance(rule, dict) and not _RULES & {*rule} for rule in inner):
            raise InvalidPattern(inner)


def _matches(value: object, pattern: object, *, present: bool) -> bool:
    if isinstance(pattern, dict):
        inside = value if isinstance(value, dict) else {}
        return all(
            _matches(inside.get(name), inner, present=name in inside)
            for name, inner in pattern.items()
        )
    return isinstance(pattern, list) and any(_fits(value, rule, present) for rule in pattern)


def _fits(value: object, rule: object, present: bool) -> bool:  # noqa: FBT001
    if not isinstance(rule, dict):
        return present and value == rule
    name, operand = next(iter(rule.items()))
    if name == "exists":
        return present is operand
    if not present:
        return False
    if name == "anything-but":
        return value not in operand if isinstance(operand, list) else value != operand
    if name == "numeric":
        return _compares(value, operand)
    return isinstance(value, str) and _TEXT[name](value, operand)


def _compares(value: object, operand: list[Any]) -> bool:
    # DynamoDB's numbers are strings in its records.
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_NUMERIC[sign](number, float(limit)) for sign, limit in pairs)
