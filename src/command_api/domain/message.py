"""From the text of a message to the work that it asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from command_api.domain.errors import Rejected
from command_api.domain.model import ID_PATTERN, Submission

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

_FIELDS = {"type", "input"}

# The message attributes that are ours.
ID_ATTRIBUTE = "command_id"
RESCUES_ATTRIBUTE = "rescues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery from the queue, as it came.

    `command_id` is the message attribute of that name; `sent_at` is when the client's request
    reached the queue; `receives` counts the deliveries, this one included; `rescues` how often the
    message was replaced by a fresh copy; `group` is its FIFO group.
    """

    message_id: str
    receipt_handle: str
    body: str
    command_id: str | None
    sent_at: datetime
    receives: int = 1
    rescues: int = 0
    group: str = ""

    @property
    def key(self) -> str:
        """The id that the command is stored under.

        The messageId is the last fallback only, for messages that were put into the queue by hand
        or with an id that no door of ours would let through: a native redrive changes it.
        """
        if self.command_id is not None and ID_PATTERN.fullmatch(self.command_id):
            return self.command_id
        return self.message_id


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
    body = _json(message.body)
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
    return Submission(id=message.key, type=kind, input=work, submitted_at=message.sent_at)


def _json(text: str) -> object:
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
