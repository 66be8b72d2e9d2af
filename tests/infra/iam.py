"""A judge of IAM policies, for questions that no mock and no emulator answers.

Follows "Policy evaluation logic" of the IAM user guide for one account: a denial wins, then the
identity's policies and its boundary must both allow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Statement = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request: an action on a resource, with the keys that AWS would put into its context."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What a role may do: its policies and its boundary, as lists of statements."""

    policies: Sequence[Statement]
    boundary: Sequence[Statement] | None = None

    def may(self, call: Call) -> bool:
        """Whether AWS would let the call pass."""
        layers = [self.policies] if self.boundary is None else [self.policies, self.boundary]
        if any(_fits(it, call) for layer in layers for it in layer if it["Effect"] == "Deny"):
            return False
        return all(
            any(_fits(it, call) for it in layer if it["Effect"] == "Allow") for layer in layers
        )


def listed(value: str | list[str]) -> list[str]:
    """A policy's element as a list."""
    return [value] if isinstance(value, str) else value


def _fits(statement: Statement, call: Call) -> bool:
    actions = statement["Action" if "Action" in statement else "NotAction"]
    named = any(_like(call.action.lower(), it.lower()) for it in listed(actions))
    if named != ("Action" in statement):
        return False
    if not any(_like(call.resource, it) for it in listed(statement["Resource"])):
        return False
    return all(
        OPERATORS[operator](call.context.get(key), listed(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _like(value: str, pattern: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _any_like(value: str | None, patterns: list[str]) -> bool:
    return value is not None and any(_like(value, it) for it in patterns)


# A key that is absent fits no operator but the negated ones and those that end in IfExists.
OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "StringEquals": lambda value, wanted: value in wanted,
    "StringNotEquals": lambda value, wanted: value not in wanted,
    "StringLike": _any_like,
    "StringLikeIfExists": lambda value, wanted: value is None or _any_like(value, wanted),
    "ArnLike": _any_like,
    "Bool": lambda value, wanted: value in wanted,
}
