"""Items of a handler's own that are written in one transaction with the command's outcome.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

# As Python has them: text, numbers, booleans, None, bytes, lists, maps, sets of texts or numbers.
Values: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expressions:
    # `#name` and `:value` in the expressions, without their first character.
    names: Mapping[str, str] = field(default_factory=dict)
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put(_Expressions):
    """Write an item, whatever there was, or only where `condition` holds."""

    table: str
    item: Values
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Update(_Expressions):
    """Change an item by an update expression."""

    table: str
    key: Values
    update: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Delete(_Expressions):
    """Delete an item."""

    table: str
    key: Values
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ConditionCheck(_Expressions):
    """Require something of an item that is not written."""

    table: str
    key: Values
    condition: str


Effect: TypeAlias = Put | Update | Delete | ConditionCheck
# A transaction has 100 items, and the command's outcome is one of them.
MOST_EFFECTS = 99
