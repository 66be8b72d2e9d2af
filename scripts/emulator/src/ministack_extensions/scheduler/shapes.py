"""The parameters of a call, checked against the API's published model.

AWS: the EventBridge Scheduler API reference, as botocore carries it: required members, lengths,
ranges, patterns and enumerations.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, ServiceModel

    from ministack_extensions.http import Request

_BAD_NUMBER = "expected a number"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "timestamp": (int, float),
    "structure": dict,
    "list": list,
    "map": dict,
}


class Invalid(Exception):
    """A ValidationException; the text is its message."""


@cache
def model() -> ServiceModel:
    """The API's model."""
    session = botocore.session.Session()
    return session.get_service_model("scheduler")


def operation(request: Request) -> OperationModel | None:
    """The operation that a request calls, or None."""
    for name in model().operation_names:
        found = model().operation_model(name)
        pattern = re.sub(r"\{\w+\}", "[^/]+", found.http["requestUri"])
        path = (request.raw_path.decode() or request.path).partition("?")[0]
        if request.method == found.http["method"] and re.fullmatch(pattern, path):
            return found
    return None


def parameters(request: Request, called: OperationModel) -> dict[str, Any]:
    """The call's parameters by their names in the model; Invalid where one is out of bounds."""
    found: dict[str, Any] = {}
    body, query = request.json(), parse_qs(request.query, keep_blank_values=True)
    path = (request.raw_path.decode() or request.path).partition("?")[0]
    shape: Any = called.input_shape  # botocore's shapes differ by type
    for name, member in shape.members.items():
        sent_as = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                found[name] = unquote(path.rpartition("/")[2])
            case "querystring" if sent_as in query:
                values = query[sent_as]
                found[name] = values if member.type_name == "list" else values[0]
            case None if body.get(name) is not None:
                found[name] = body[name]
    if "MaxResults" in found:
        if not found["MaxResults"].isdecimal():
            raise Invalid(_BAD_NUMBER)
        found["MaxResults"] = int(found["MaxResults"])
    problems = list(_problems(found, shape, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: "
        raise Invalid(count + "; ".join(problems))
    return found


def _problems(value: Any, shape: Any, path: str) -> list[str]:  # noqa: ANN401 - JSON
    wrong = f"Value at '{path}' failed to satisfy constraint: Member must "
    if not _is(value, shape.type_name):
        return [f"{wrong}be a {shape.type_name}"]
    found: list[str] = []
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inner = _join(path, name[:1].lower() + name[1:])
            if value.get(name) is not None:
                found += _problems(value[name], member, inner)
            elif name in shape.required_members:
                text = f"Value at '{inner}' failed to satisfy constraint: Member must not be null"
                found.append(text)
    elif shape.type_name == "list":
        for number, one in enumerate(value, 1):
            found += _problems(one, shape.member, f"{path}.{number}.member")
    return [*found, *(wrong + rule for rule in _broken(value, shape))]


def _is(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _broken(value: Any, shape: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    size = len(value) if isinstance(value, str | list | dict) else value
    if least is not None and size < least:
        yield f"have at least {least}"
    if most is not None and size > most:
        yield f"have at most {most}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value):
        yield f"satisfy regular expression pattern: {pattern}"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"satisfy enum value set: {allowed}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
