"""A dead letter: a message as it lies in the dead-letter queue."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from scripts.framework import envelope, message

if TYPE_CHECKING:
    from collections.abc import Mapping

# `DataType` with `StringValue` or `BinaryValue`, as SQS has it.
Attributes: TypeAlias = "Mapping[str, Mapping[str, Any]]"

_PARTS = ("DataType", "StringValue", "BinaryValue")
# What a type can be; anything else in its place is a client's text and stays unseen.
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message; neither its body nor the values of its attributes appear in its text form.

    `sent_at` is when the worker moved it here; where SQS did, because it killed every worker that
    received it, a standard queue keeps when it was sent before. `receives` counts looks, too.
    """

    message_id: str
    receipt: str = field(repr=False, default="")
    body: str = field(repr=False)
    attributes: Attributes = field(repr=False, default_factory=dict)
    sent_at: datetime
    receives: int = 0
    group: str = ""
    trace: str = ""

    @property
    def key(self) -> str:
        """The id of its command, by the worker's own rule."""
        return self.as_received(sent_at=self.sent_at).key

    @property
    def owner(self) -> str:
        """Whose command it is, empty where commands have no owners."""
        return envelope.value(self.attributes, envelope.OWNER)

    @property
    def kind(self) -> str:
        """The type that it asks for; `-` where it names none, `?` where it cannot be one."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            return "?"
        kind = body.get("type", "-") if isinstance(body, dict) else "?"
        return kind if isinstance(kind, str) and (kind == "-" or _TYPE.fullmatch(kind)) else "?"

    def as_sent_again(self) -> Letter:
        """The message that a redrive sends.

        It names its command even where the id was that of the old message, which SQS changes; and
        it is no copy of another message any more, but a request of its own.
        """
        attributes = {**envelope.attributes(self.key), **self.attributes}
        attributes.pop(envelope.COPY_OF, None)
        return replace(self, attributes=attributes, receipt="", receives=0)

    def as_received(self, *, sent_at: datetime) -> message.Message:
        """The message as the worker would read it."""
        return message.Message(
            message_id=self.message_id,
            receipt_handle=self.receipt,
            body=self.body,
            command_id=envelope.value(self.attributes, envelope.COMMAND_ID) or None,
            sent_at=sent_at,
            owner=self.owner,
        )


def from_sqs(received: Mapping[str, Any]) -> Letter:
    """The letter in an answer of ReceiveMessage."""
    system = received.get("Attributes", {})
    attributes = {
        name: {part: value[part] for part in _PARTS if value.get(part) is not None}
        for name, value in received.get("MessageAttributes", {}).items()
    }
    return Letter(
        message_id=received["MessageId"],
        receipt=received["ReceiptHandle"],
        body=received["Body"],
        attributes=attributes,
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        receives=int(system.get("ApproximateReceiveCount", 0)),
        group=system.get("MessageGroupId", ""),
        trace=system.get("AWSTraceHeader", ""),
    )
