"""Secret values on their way in and out. Nothing here may put a value into a message."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from scripts.cli import many
from scripts.errors import OperatorError

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
MAX_BYTES = 65536


def decode(raw: bytes, origin: str) -> str:
    """Return the text of a file or a pipe, without the one newline that editors and echo append."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise OperatorError(
            f"{origin} is not UTF-8 text; binary secrets are not supported: encode it, for"
            " example as base64"
        ) from None
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def check(value: str, *, must_be_json: bool = False, any_text: bool = False) -> str:
    """Return the value if Secrets Manager can take it and it is what the operator says it is.

    A value that begins like a JSON object or array must be valid JSON, unless ``any_text``.
    Raises OperatorError otherwise; the message gives positions and sizes only.
    """
    if not value:
        raise OperatorError("the value is empty; nothing was stored: pass at least one character")
    size = len(value.encode("utf-8"))
    if size > MAX_BYTES:
        raise OperatorError(
            f"the value has {size} bytes, more than Secrets Manager's {MAX_BYTES}; nothing was"
            " stored: store it in S3 and its key here"
        )
    if must_be_json or (not any_text and value.lstrip()[:1] in {"{", "["}):
        _check_json(value, must_be_json=must_be_json)
    return value


def describe(value: str) -> str:
    """Say what kind of value it is and how long, for example ``text, 24 characters``."""
    match _parsed(value):
        case dict(content):
            keys = ", ".join(f"{key} ({describe_part(part)})" for key, part in content.items())
            return (
                f"JSON object, {many(len(content), 'key')}: {keys}"
                if keys
                else "JSON object, empty"
            )
        case list(content):
            return f"JSON array, {many(len(content), 'element')}"
    return f"text, {many(len(value), 'character')}"


def describe_part(part: object) -> str:
    """The same for a value inside JSON."""
    match part:
        case str():
            return f"text, {many(len(part), 'character')}"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case dict():
            return f"object, {many(len(part), 'key')}"
        case list():
            return f"array, {many(len(part), 'element')}"
    return "null"


def pick(value: str, key: str, name: str) -> object:
    """Return one key of a JSON object; OperatorError names the keys there are."""
    content = _parsed(value)
    if not isinstance(content, dict):
        raise OperatorError(
            f"{name} is not a JSON object ({_kind(content)}); read it without --key"
        )
    if key not in content:
        raise OperatorError(f"{name} has no key {key!r}; its keys: {', '.join(content) or 'none'}")
    return content[key]


def _kind(content: object) -> str:
    return "a JSON array" if isinstance(content, list) else "text"


def _parsed(value: str) -> dict[str, Any] | list[Any] | None:
    # Numbers and the like are text to a human: only structures are worth describing as JSON.
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict | list) else None


def _check_json(value: str, *, must_be_json: bool) -> None:
    way_out = "leave out --json" if must_be_json else "store it as it is with --text"
    try:
        json.loads(value, parse_constant=_not_json)
    except json.JSONDecodeError as error:
        # The first words of its message only: further on it may quote a character of the value.
        place = f"{error.msg.partition(':')[0]} at line {error.lineno} column {error.colno}"
        raise OperatorError(
            f"the value is not valid JSON ({place}); correct it or {way_out}"
        ) from None
    except (ValueError, RecursionError):
        raise OperatorError(f"the value is not valid JSON; correct it or {way_out}") from None


def _not_json(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity: Python reads them, other languages do not
