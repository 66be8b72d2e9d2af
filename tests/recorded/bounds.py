"""What AWS's model refuses in a call: lengths, ranges, enums, patterns, members, types.

SDKs check a part of that before they send; Terraform's provider has rules of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex  # AWS's patterns use \p{L}, which Python's own module does not know.
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recorded.wire import Call


def problems(call: Call) -> list[str]:
    """Every bound that the call is outside of, as `service:Operation.member: why`."""
    shape, at = call.model.input_shape, f"{call.service}:{call.operation}"
    if shape is None:
        return []
    report = ParamValidator().validate(call.parameters, shape).generate_report()
    missing = [line for line in report.splitlines() if "valid min" not in line]
    return [*(f"{at}: {line}" for line in missing), *_problems(call.parameters, shape, at)]


def _problems(value: Any, shape: Any, at: str) -> Iterator[str]:
    yield from _outside(value, shape.metadata, at)
    match shape.type_name, value:
        case "structure", dict():
            for name, one in value.items():
                if name in shape.members:
                    yield from _problems(one, shape.members[name], f"{at}.{name}")
                else:
                    yield f"{at}.{name}: no such member"
        case "list", list():
            for one in value:
                yield from _problems(one, shape.member, f"{at}[]")
        case "map", dict():
            for key, one in value.items():
                yield from _problems(key, shape.key, f"{at} key")
                yield from _problems(one, shape.value, f"{at}[{key}]")
        case "string", str():
            yield from _misspelt(value, shape.metadata, at)


def _outside(value: Any, bounds: dict[str, Any], at: str) -> Iterator[str]:
    size = len(value) if isinstance(value, str | bytes | list | dict) else value
    if isinstance(size, int | float) and not isinstance(size, bool):
        if size < bounds.get("min", size):
            yield f"{at}: {size} is less than {bounds['min']}"
        if size > bounds.get("max", size):
            yield f"{at}: {size} is more than {bounds['max']}"


def _misspelt(text: str, bounds: dict[str, Any], at: str) -> Iterator[str]:
    if bounds.get("enum") and text not in bounds["enum"]:
        yield f"{at}: {text[:80]!r} is none of {len(bounds['enum'])} values"
    if "pattern" in bounds and not regex.fullmatch(bounds["pattern"], text):
        yield f"{at}: {text[:80]!r} does not match {bounds['pattern'][:100]}"
