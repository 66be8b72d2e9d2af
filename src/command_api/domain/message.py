"""From the text of a message to the work that it asks for."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn

from command_api.domain.errors import Rejected
from command_api.domain.model import ID_PATTERN, ID_RULE, Callback, Submission
from command_api.domain.timing import ANY_TIME, FIELDS, fields, timing_of
from command_api.domain.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from command_api.domain.model import JSON
    from command_api.domain.timing import Timing
    from command_api.domain.violations import Path

_FIELDS = {"type", "input", "callback", *FIELDS}
# What a type may be called; the environment holds its own variables to the same.
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", re.ASCII)
# Objects and lists inside of each other, the input itself included. Every Python that we run on
# reads, checks and writes several times as many.
MOST_LEVELS = 100
# A batch has an input four levels down, and one more shows that it goes on.
_DEEPEST = MOST_LEVELS + 4
# A longer one is cut off by many a server.
MOST_URL_CHARACTERS = 2048
UNKNOWN_TYPE = "Unknown command type: no handler is registered for it."
_UNPAIRED = "contains an unpaired surrogate (\\ud800 to \\udfff), which cannot be stored"
# Brackets, and the texts in which they mean nothing. A text that does not end goes to the end.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery of an SQS message, unparsed."""

    # SQS's id of the message.
    message_id: str
    # Handle of this delivery, for deleting or delaying the message.
    receipt_handle: str
    body: str
    # Message attribute `command_id`; None where there is none.
    command_id: str | None
    # When a client or a redrive sent the message, or the original of a delayed copy.
    sent_at: datetime
    # Deliveries so far, this one included.
    receives: int = 1
    # SQS id of the original that a delayed copy stands for; empty for other messages.
    copy_of: str = ""
    # When the delayed copy was sent; None for other messages.
    copied_at: datetime | None = None
    # Slices of its command that were finished when the copy was sent; 0 for other messages.
    slices: int = 0
    # When the next slice may begin, where a queue cannot wait for so long, or when a command that
    # waits for its rate is to come back; None for other messages.
    not_before: datetime | None = None
    # Message group of a FIFO or fair queue; empty on others.
    group: str = ""
    # Owner of the command, as the API wrote it; empty where commands have no owners.
    owner: str = ""
    # The client's name for the request; empty if it sent none.
    correlation_id: str = ""
    # Name of the recurring schedule whose runs are not to overlap; empty for all other commands.
    schedule: str = ""
    # X-Ray trace header; empty without tracing.
    trace: str = ""
    # Message attributes of other systems, as SendMessage takes them; copies carry them along.
    foreign: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)

    @property
    def original(self) -> str:
        """The id of the message that this one is, or stands for."""
        return self.copy_of or self.message_id

    @property
    def identity(self) -> str:
        """The same, but each slice of a command has an id of its own."""
        return f"{self.original}/{self.slices}" if self.slices else self.original

    def for_slice(self, slices: int, *, not_before: datetime | None) -> Message:
        """What the message for the next slice stands for, after so many."""
        return replace(self, copy_of=self.original, slices=slices, not_before=not_before)

    @property
    def key(self) -> str:
        """The id that the command is stored under.

        The messageId is the last fallback only, for messages that were put into the queue by hand
        or with an id that no entry point of ours would let through: a native redrive changes it.
        """
        if self.command_id is not None and ID_PATTERN.fullmatch(self.command_id):
            return self.command_id
        return self.identity


def parse(message: Message, *, default_type: str) -> Submission:
    """The work that a message asks for; Rejected where it can never be done.

    The body is `{"type": "...", "input": {...}, "callback": {"url": "..."}}` with the fields of
    `timing`; all may be absent.
    """
    if message.command_id is not None and message.key != message.command_id:
        raise Rejected(
            f'The command id must be {ID_RULE}, for example "order-1042".',
            code="invalid_id",
        )
    body = read_json(message.body)
    if not isinstance(body, dict):
        raise Rejected(
            'The body must be a JSON object like {"type": "echo", "input": {}}.',
            code="malformed_body",
        )
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise Rejected(
            f"The body has unknown fields; allowed are {', '.join(sorted(_FIELDS))}.",
            code="malformed_body",
        )
    command_type = body.get("type", default_type)
    if not isinstance(command_type, str) or not _TYPE.fullmatch(command_type):
        raise Rejected(UNKNOWN_TYPE, code="unknown_type")
    command_input = body.get("input", {})
    if not isinstance(command_input, dict):
        raise Rejected("`input` must be a JSON object.", code="invalid_input")
    if unfit := beyond_limits(command_input):
        raise Rejected(f"`input` {unfit.detail}.", code="input_beyond_limits")
    timing = timing_of(body, submitted_at=message.sent_at)
    if isinstance(timing, Violation):
        raise Rejected(f"`{timing.path[0]}` {timing.detail}.", code="invalid_time")
    return Submission(
        id=message.key,
        type=command_type,
        input=command_input,
        submitted_at=message.sent_at,
        owner=message.owner,
        callback=_callback(body["callback"]) if "callback" in body else None,
        timing=timing,
    )


def _callback(found: object) -> Callback:
    """What a client has named: it never fails the work, so what is no URL is one to no place."""
    named = found if isinstance(found, dict) else {}
    url, include = named.get("url"), named.get("includeResult")
    if not isinstance(url, str) or len(url) > MOST_URL_CHARACTERS or not _is_text(url):
        url = ""
    return Callback(url, include is True)


def body_of(
    command_type: str,
    command_input: Mapping[str, JSON],
    callback: Mapping[str, object] | None = None,
    *,
    timing: Timing = ANY_TIME,
) -> str:
    """The text of a message that asks for this work, as `parse` reads it.

    `callback` is as clients write it, like {"url": "https://…"}.
    SQS refuses two characters that JSON allows.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    body = {"type": command_type, "input": command_input, **fields(timing)}
    body |= {"callback": callback} if callback else {}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def type_of(message: Message, *, default_type: str) -> str | None:
    """Type of command that a message names, known or not; None where it cannot be told."""
    try:
        return parse(message, default_type=default_type).type
    except Rejected:
        return None


def read_json(text: str) -> object:
    """The value of a JSON text; Rejected where it is none.

    It is the same on every Python: what is nested deeper than any input may be is cut off, and
    numbers beyond a double are infinite. A text may have a lone surrogate, which is legal as an
    escape. `beyond_limits` finds all three.
    """
    try:
        value: object = json.loads(
            _cut(text), parse_int=_whole_number, parse_constant=_refuse_constant
        )
    except ValueError:
        raise Rejected("The body is not valid JSON.", code="malformed_body") from None
    return value


def beyond_limits(command_input: Mapping[str, JSON]) -> Violation | None:
    """Where an input has what cannot be stored: nesting, a number or a text beyond the limits.

    Level by level, so that no recursion limit of an interpreter matters.
    """
    level: list[tuple[Path, object]] = [((), command_input)]
    for _ in range(MOST_LEVELS):
        inside = [
            ((*path, name), inner)
            for path, outer in level
            for name, inner in _inside(outer)
            if not _storable(name, inner)
        ]
        level = [(path, inner) for path, inner in inside if isinstance(inner, dict | list)]
        for path, inner in inside:
            if not _is_text(path[-1]):
                return Violation(path[:-1], _UNPAIRED)
            if isinstance(inner, str):
                return Violation(path, _UNPAIRED)
            if isinstance(inner, float):
                return Violation(path, "contains a number outside the range of a double")
        if not level:
            return None
    if any(isinstance(inner, dict | list) for _, inner in level):
        return Violation((), f"is nested deeper than {MOST_LEVELS} levels")
    return None


def _inside(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _storable(name: str | int, value: object) -> bool:
    """Whether nothing inside of a value needs to be looked at."""
    if not _is_text(name) or isinstance(value, dict | list):
        return False
    return math.isfinite(value) if isinstance(value, float) else _is_text(value)


def _is_text(value: object) -> bool:
    """Whether a value is no string, or one without lone surrogates."""
    if not isinstance(value, str) or value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _cut(text: str) -> str:
    """The text with everything nested deeper than _DEEPEST left out."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return text
    depth, kept, start = 0, [], 0
    for token in _TOKENS.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(text[start : token.end()])
        elif token[0] in ("]", "}"):
            if depth == _DEEPEST + 1:
                start = token.start()
            depth -= 1
    return "".join(kept) + text[start:] if depth <= _DEEPEST else "".join(kept)


def _whole_number(digits: str) -> float:
    # Python's own limit is 4,300 digits, and another one than that of what reads the record.
    number = float(digits)
    return int(digits) if math.isfinite(number) else number


def _refuse_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have.
    raise ValueError(name)
