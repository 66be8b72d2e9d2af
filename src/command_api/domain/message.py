"""From the text of a message to the work that it asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from command_api.domain.errors import Rejected
from command_api.domain.model import ID_PATTERN, Submission
from command_api.domain.renewal import Renewal

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from command_api.domain.model import JSON

_FIELDS = {"type", "input"}

# The message attributes that are ours.
ID_ATTRIBUTE = "command_id"
OWNER_ATTRIBUTE = "owner"
RENEWAL_ATTRIBUTE = "renewal"
CORRELATION_ATTRIBUTE = "correlation_id"
# How long a copy may take to reach the queue: its sending may be repeated, and clocks differ.
_IN_TRANSIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery from the queue, as it came.

    `command_id` is the message attribute of that name; `sent_at` is when it reached the queue, be
    it as a request, a copy or a redrive; `receives` counts the deliveries, this one included;
    `renewal` is what a copy says of itself, also after a redrive; `group` is its FIFO group;
    `owner` is whose command it asks for, by the word of the door that it came through;
    `correlation_id` is the client's, and `trace` the header of the trace that it belongs to.
    """

    message_id: str
    receipt_handle: str
    body: str
    command_id: str | None
    sent_at: datetime
    receives: int = 1
    renewal: Renewal | None = None
    group: str = ""
    owner: str = ""
    correlation_id: str = ""
    trace: str = ""

    @property
    def key(self) -> str:
        """The id that the command is stored under.

        The messageId is the last fallback only, for messages that were put into the queue by hand
        or with an id that no door of ours would let through: a native redrive changes it.
        """
        if self.command_id is not None and ID_PATTERN.fullmatch(self.command_id):
            return self.command_id
        return self.message_id

    @property
    def requested_at(self) -> datetime:
        """When the client's request reached the queue."""
        return self.sent_at if self.renewal is None else self._as_the_first(self.renewal)

    @property
    def rescues(self) -> int:
        """How often a copy saved the message, since the request or since a redrive."""
        copied = self._copied
        return copied.number if copied else 0

    def renewed(self, at: datetime) -> Renewal:
        """What a copy says of itself that is sent now to save the message."""
        return replace(self.postponed(at), number=self.rescues + 1)

    def postponed(self, at: datetime) -> Renewal:
        """What a copy says of itself that is sent now because the message has to wait."""
        first = self.requested_at if self._copied else self.sent_at
        return Renewal(self.rescues, first, at)

    def sent_for(self, failed_at: datetime) -> datetime:
        """When the message was sent, for a command that failed at that time.

        A copy is as old as the message that it stands for: made after the failure, it asks for
        nothing new. A redrive does; but a copy that is redriven looks like one that was long on its
        way, and only a failure in between, or a minute, tells them apart.
        """
        copied = self.renewal
        if copied is None or failed_at >= copied.at or self._redriven(copied):
            return self.sent_at
        return self._as_the_first(copied)

    @property
    def _copied(self) -> Renewal | None:
        """What the message says of itself, unless it was redriven since."""
        return None if self.renewal is None or self._redriven(self.renewal) else self.renewal

    def _redriven(self, copied: Renewal) -> bool:
        return self.sent_at > copied.at + _IN_TRANSIT

    def _as_the_first(self, copied: Renewal) -> datetime:
        # Whatever the attribute says, no message is younger than it is.
        return min(self.sent_at, copied.first_sent_at)


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
        submitted_at=message.requested_at,
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


def type_of(message: Message, *, default_type: str) -> str | None:
    """Type of command that a message names, known or not; None where it cannot be told."""
    try:
        body = read_json(message.body)
    except Rejected:
        return None
    kind = body.get("type", default_type) if isinstance(body, dict) else None
    return kind if isinstance(kind, str) else None


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
