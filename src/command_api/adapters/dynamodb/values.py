"""Values of handlers as DynamoDB's attribute values, and back.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

AttributeValue = dict[str, Any]


def attribute_value(value: object) -> AttributeValue:  # noqa: PLR0911 - one line for each type
    """A Python value as an attribute; TypeError where DynamoDB has no such type."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | float | Decimal):
        return {"N": _number(value)}
    if isinstance(value, bytes | bytearray):
        return {"B": bytes(value)}
    if isinstance(value, Mapping):
        return {"M": {name: attribute_value(inner) for name, inner in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [attribute_value(inner) for inner in value]}
    if isinstance(value, set | frozenset) and value:
        return _set(value)
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def attribute_values(values: Mapping[str, object]) -> dict[str, AttributeValue]:
    """All attributes of an item or a key."""
    return {name: attribute_value(value) for name, value in values.items()}


def python_value(value: AttributeValue) -> Any:  # noqa: ANN401, PLR0911 - one of the types above
    """The Python value of an attribute; a number is an int or a Decimal."""
    ((kind, content),) = value.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return _parsed(content)
        case "M":
            return {name: python_value(inner) for name, inner in content.items()}
        case "L":
            return [python_value(inner) for inner in content]
        case "NS":
            return {_parsed(one) for one in content}
        case "SS" | "BS":
            return set(content)
    return content


def size(value: AttributeValue) -> int:  # noqa: PLR0911 - one line for each type
    """Bytes that DynamoDB counts for a value, rounded up.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "B":
            return len(content)
        case "M":
            return 3 + sum(len(name.encode()) + size(it) + 1 for name, it in content.items())
        case "L":
            return 3 + sum(size(inner) + 1 for inner in content)
        case "SS" | "NS" | "BS":
            return sum(size({kind[0]: one}) for one in content)
    return 1


def _number(value: float | Decimal) -> str:
    if not math.isfinite(value):
        raise TypeError("DynamoDB has no infinite numbers")
    return str(value)


def _parsed(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _set(values: set[object] | frozenset[object]) -> AttributeValue:
    kinds = {next(iter(attribute_value(one))) for one in values}
    if len(kinds) == 1 and kinds <= {"S", "N", "B"}:
        (kind,) = kinds
        return {f"{kind}S": [attribute_value(one)[kind] for one in values]}
    raise TypeError("a set of DynamoDB has texts, numbers or bytes, and one kind of them only")
