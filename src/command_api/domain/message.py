"""From the text of a message to the work that it asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from command_api.domain.errors import Rejected
from command_api.domain.model import ID_PATTERN, Submission

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from command_api.domain.model import JSON

_FIELDS = {"type", "input"}

# The message attributes that are ours.
ID_ATTRIBUTE = "command_id"
OWNER_ATTRIBUTE = "owner"
RENEWAL_ATTRIBUTE = "renewal"
_RENEWAL = re.compile(r"([0-9]{1,9}) ([0-9]{1,15}) ([0-9]{1,15})", re.ASCII)
# How long a copy may take to reach the queue, by its clock, for that may differ from the worker's.
_IN_TRANSIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery from the queue, as it came.

    `command_id` is the message attribute of that name; `sent_at` is when the client's request, or
    a redrive, reached the queue; `receives` counts the deliveries, this one included; `rescues` how
    often the message was replaced by a fresh copy since then; `group` is its FIFO group; `owner`
    is whose command it asks for, by the word of the door that it came through.
    """

    message_id: str
    receipt_handle: str
    body: str
    command_id: str | None
    sent_at: datetime
    receives: int = 1
    rescues: int = 0
    group: str = ""
    owner: str = ""

    @property
    def key(self) -> str:
        """The id that the command is stored under.

        The messageId is the last fallback only, for messages that were put into the queue by hand
        or with an id that no door of ours would let through: a native redrive changes it.
        """
        if self.command_id is not None and ID_PATTERN.fullmatch(self.command_id):
            return self.command_id
        return self.message_id


def renewal(message: Message, *, at: datetime) -> str:
    """What a fresh copy of a message, sent at that time, says of where it comes from.

    How many copies there were, when the first message was sent, and when this copy was (epoch
    milliseconds).
    """
    return f"{message.rescues + 1} {_milliseconds(message.sent_at)} {_milliseconds(at)}"


def provenance(arrived: datetime, renewal: str | None) -> tuple[datetime, int]:
    """When the request of a message was sent, and how often it was copied since.

    A copy stands for the message that it replaced. A redrive keeps a message's attributes and gives
    it a new time: long after the copy was made it is a request of its own.
    """
    found = _RENEWAL.fullmatch(renewal or "")
    if found is None:
        return arrived, 0
    rescues, first_sent, renewed = (int(number) for number in found.groups())
    if arrived > _moment(renewed) + _IN_TRANSIT:
        return arrived, 0
    return min(arrived, _moment(first_sent)), rescues


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def parse(message: Message, *, known_types: Container[str], default_type: str) -> Submission:
    """The work that a message asks for; Rejected where it can never be done.

    The body is `{"type": "...", "input": {...}}`; both may be absent.
    """
    if message.command_id is not None and message.key != message.command_id:
        raise Rejected(
            "The command id must be 1-128 letters, digits or any of . _ : = -, "
            'for example "order-1042".',
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
        raise Rejected("The body may only have the fields type and input.", code="malformed_body")
    kind = body.get("type", default_type)
    if not isinstance(kind, str) or kind not in known_types:
        raise Rejected("No handler is registered for this type of command.", code="unknown_type")
    work = body.get("input", {})
    if not isinstance(work, dict):
        raise Rejected('"input" must be a JSON object.', code="invalid_input")
    return Submission(
        id=message.key,
        type=kind,
        input=work,
        submitted_at=message.sent_at,
        owner=message.owner,
    )


def body_of(kind: str, work: Mapping[str, JSON]) -> str:
    """The text of a message that asks for this work, as `parse` reads it.

    SQS refuses two characters that JSON allows.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    body = {"type": kind, "input": work}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def work_of(message: Message) -> tuple[str, Mapping[str, JSON]] | None:
    """Type and input that a message names, known or not; None where it does not name both."""
    try:
        body = read_json(message.body)
    except Rejected:
        return None
    match body:
        case {"type": str() as kind, "input": dict() as work}:
            return kind, work
    return None


def read_json(text: str) -> object:
    """The value of a JSON text that can also be stored; Rejected where it is none."""
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:
            # A lone surrogate is legal as a JSON escape but cannot be stored anywhere.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Rejected("The body is not valid JSON.", code="malformed_body") from None
    return value


def _refuse_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have.
    raise ValueError(name)
