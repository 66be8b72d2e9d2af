"""Commands as people write them, held to the framework's rules before anything is sent."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from scripts.errors import OperatorError
from scripts.framework import errors, message, violations

if TYPE_CHECKING:
    from collections.abc import Mapping

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BYTE_ORDER_MARK = "\ufeff"
_DEPTH = f"is nested deeper than {message.MOST_LEVELS} levels"
# What to do about each of the framework's refusals.
_REMEDIES = {
    "unknown_type": "has an invalid type: it must be 1-64 letters, digits or any of _ . -,"
    ' for example "process_order"',
    "invalid_input": 'has an input that is not a JSON object like {"n": 1}',
    "malformed_body": "has a number outside the range of a double; write it as a string",
}

_BEYOND = {
    "nested": "use fewer levels",
    "number": "write it as a string",
    "surrogate": "write the complete surrogate pair",
}


class Unfit(Exception):
    """What was written is not a command; the text goes on after the name of the place."""


def without_mark(data: bytes) -> bytes:
    """A file's content without the byte order mark that editors of Windows put first.

    Unfit where it is UTF-16.
    """
    if data.startswith(_UTF_16):
        raise Unfit("is UTF-16; save it as UTF-8")
    return data.removeprefix(codecs.BOM_UTF8)


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object that the bytes are; Unfit says what they are instead."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unfit(f"is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    try:
        value = message.read_json(text)
    except errors.Rejected:
        raise Unfit(_why(text)) from None
    if not isinstance(value, dict):
        raise Unfit('is not a JSON object like {"type": "echo", "input": {"n": 1}}')
    return value


def command(kind: str | None, given: bytes | None) -> dict[str, Any]:
    """One command of the command line, without what was not given; OperatorError where it is none.

    `given` is the input as JSON.
    """
    made: dict[str, Any] = {"type": kind} if kind else {}
    place = "--input"
    try:
        if given is not None:
            made["input"] = json_object(without_mark(given))
        place = "the command"
        check(made)
    except Unfit as error:
        raise OperatorError(f"{place} {error}") from None
    return made


def check(command: Mapping[str, Any]) -> None:
    """Raise Unfit where the framework would refuse this type or input, whatever the handler."""
    work = command.get("input")
    if isinstance(work, dict) and (found := message.beyond_limits(work)):
        remedy = next(told for word, told in _BEYOND.items() if word in found.detail)
        where = violations.pointer(("input", *found.path))
        raise Unfit(f"{found.detail} (at {where}); {remedy}")
    delivered = message.Message(
        message_id="-",
        receipt_handle="-",
        body=json.dumps(command),
        command_id=None,
        sent_at=datetime.now(UTC),
    )
    try:
        message.parse(delivered, default_type="default")
    except errors.Rejected as error:
        raise Unfit(_REMEDIES.get(error.code, error.message)) from None


def _why(text: str) -> str:
    """Why a text is not JSON, for a person; that it is not has been found already."""
    if text.startswith(_BYTE_ORDER_MARK):
        return "begins with a byte order mark; remove it"
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}"
        place = place if error.lineno == 1 else f"line {error.lineno}, {place}"
        return f"is not JSON: {error.msg.removesuffix(' at')} at {place}"
    except _Constant as error:
        return f"has {error}, which is not valid JSON; write null or a string"
    except (RecursionError, ValueError):
        pass
    return f"is not JSON, and {_DEPTH}"


class _Constant(Exception):
    """NaN, Infinity or -Infinity."""


def _refuse(name: str) -> NoReturn:
    raise _Constant(name)
