"""A dead-letter message: as SQS hands it out, as a redrive sends it, as a line of a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from scripts.errors import OperatorError
from scripts.framework import envelope, message

if TYPE_CHECKING:
    from collections.abc import Mapping

# `DataType` with `StringValue` or `BinaryValue`, as SQS has it.
Attributes: TypeAlias = "Mapping[str, Mapping[str, Any]]"

# What reading a line may raise; a date can be beyond the calendar, for example.
_NO_MESSAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_VALUES = ("StringValue", "BinaryValue")
# What a type can be; anything else in its place is a client's text and stays unseen.
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class DeadLetterMessage:
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
    def command_id(self) -> str:
        """The id of its command, by the worker's own rule."""
        return self.as_received(sent_at=self.sent_at).key

    @property
    def owner(self) -> str:
        """Whose command it is, empty where commands have no owners."""
        return envelope.value(self.attributes, envelope.OWNER)

    @property
    def command_type(self) -> str:
        """The type that it asks for; `-` where it names none, `?` where it cannot be one."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            return "?"
        named = body.get("type", "-") if isinstance(body, dict) else "?"
        valid = isinstance(named, str) and (named == "-" or _TYPE.fullmatch(named))
        return named if valid else "?"

    @property
    def fingerprint(self) -> str:
        """The same for messages that ask for the same: body, attributes and group."""
        content = [self.body, self.as_json()["attributes"], self.group]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def import_id(self) -> str:
        """The deduplication id of its import: the same for the same line, and for no other."""
        text = f"{self.message_id} {self.fingerprint}"
        return f"import-{hashlib.sha256(text.encode()).hexdigest()}"

    def as_sent_again(self) -> DeadLetterMessage:
        """The message that a redrive sends.

        It names its command even where the id was that of the old message, which SQS changes; and
        it is no copy of another message any more, but a request of its own.
        """
        attributes = {**envelope.attributes(self.command_id), **self.attributes}
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

    def as_json(self) -> dict[str, Any]:
        """Everything that it is, to the byte; binary values are base64."""
        attributes = {
            name: {
                part: base64.b64encode(content).decode() if isinstance(content, bytes) else content
                for part, content in value.items()
            }
            for name, value in self.attributes.items()
        }
        return {
            "messageId": self.message_id,
            "sentAt": self.sent_at.isoformat(timespec="milliseconds"),
            "body": self.body,
            "attributes": attributes,
            **({"group": self.group} if self.group else {}),
            **({"trace": self.trace} if self.trace else {}),
        }


def from_sqs(received: Mapping[str, Any]) -> DeadLetterMessage:
    """A message in an answer of ReceiveMessage."""
    system = received.get("Attributes", {})
    attributes = {
        name: {part: value[part] for part in ("DataType", *_VALUES) if value.get(part) is not None}
        for name, value in received.get("MessageAttributes", {}).items()
    }
    return DeadLetterMessage(
        message_id=received["MessageId"],
        receipt=received["ReceiptHandle"],
        body=received["Body"],
        attributes=envelope.resolved(attributes, system),
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        receives=int(system.get("ApproximateReceiveCount", 0)),
        group=system.get("MessageGroupId", ""),
        trace=system.get("AWSTraceHeader", ""),
    )


def from_lines(data: bytes) -> list[DeadLetterMessage]:
    """The messages of a file; OperatorError names the first line that is none, not its text."""
    messages = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                messages.append(_from_json(json.loads(line)))
            except _NO_MESSAGE:
                raise OperatorError(
                    f"line {number} is not an exported dead-letter message; nothing was sent"
                ) from None
    return messages


def _from_json(line: Any) -> DeadLetterMessage:  # noqa: ANN401 - whatever the file holds
    attributes = {str(name): _attribute(value) for name, value in line["attributes"].items()}
    found = DeadLetterMessage(
        message_id=line["messageId"],
        body=line["body"],
        attributes=attributes,
        sent_at=datetime.fromisoformat(line["sentAt"]).astimezone(UTC),
        group=line.get("group", ""),
        trace=line.get("trace", ""),
    )
    texts = (found.message_id, found.body, found.group, found.trace)
    if not all(isinstance(one, str) for one in texts) or not found.body:
        raise TypeError
    # A lone surrogate is JSON, but no text.
    json.dumps(found.as_json(), ensure_ascii=False).encode()
    return found


def _attribute(value: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    [part] = [name for name in _VALUES if name in value]
    data_type, content = value["DataType"], value[part]
    texts = isinstance(data_type, str) and isinstance(content, str)
    if set(value) != {"DataType", part} or not texts:
        raise TypeError
    if part == "StringValue":
        return {"DataType": data_type, part: content}
    try:
        return {"DataType": data_type, part: base64.b64decode(content, validate=True)}
    except binascii.Error:
        raise ValueError(part) from None
