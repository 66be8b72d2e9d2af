"""How a message travels through SQS: the attributes beside its body, written and read here only."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from command_api.domain.message import Message
from command_api.domain.model import ID_PATTERN
from command_api.domain.trace import TRACE_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

Attributes: TypeAlias = "dict[str, dict[str, str]]"

COMMAND_ID, OWNER, CORRELATION_ID, COPY_OF = "command_id", "owner", "correlation_id", "copy_of"
# Of runs that are not to overlap; modules/queue/recurring.tf writes it.
SCHEDULE = "schedule"
# Where API Gateway sends a client's text, it is an SQS parameter of its own, because nothing is
# documented about quotes in a JSON mapping. These attributes name that parameter.
FROM = {COMMAND_ID: "command_id_from", OWNER: "owner_from"}
_PARAMETERS = frozenset({"MessageDeduplicationId", "MessageGroupId"})
_OURS = frozenset({COMMAND_ID, OWNER, CORRELATION_ID, COPY_OF, SCHEDULE, *FROM.values()})
_MOST = 10
_GROUP = re.compile(r"[!-~]{1,128}", re.ASCII)
# The message that a delayed copy stands for, and when that was sent in epoch milliseconds; for the
# next slice of a command also which one, and the time before which it does not begin. A command
# that waits for its rate has such a time, too, and no slice.
_COPY_OF = re.compile(
    r"([A-Za-z0-9-]{1,100}) ([0-9]{1,13})(?: ([0-9]{1,9}) ([0-9]{1,13}))?", re.ASCII
)


def group_of(owner: str) -> str:
    """The owner as a message group, whatever characters an issuer puts into a name."""
    return owner if _GROUP.fullmatch(owner) else sha256(owner.encode()).hexdigest()


def is_fifo(queue: str) -> bool:
    """Whether the queue of this URL keeps an order; AWS demands this ending of exactly such."""
    return queue.endswith(".fifo")


def attributes(
    command_id: str | None,
    *,
    owner: str = "",
    correlation_id: str = "",
    copy_of: str = "",
    schedule: str = "",
) -> Attributes:
    """The message attributes, as SendMessage takes them; SQS refuses empty values."""
    values = {
        COMMAND_ID: command_id,
        OWNER: owner,
        CORRELATION_ID: correlation_id,
        COPY_OF: copy_of,
        SCHEDULE: schedule,
    }
    return {name: _text(value) for name, value in values.items() if value}


def traced(header: str) -> dict[str, Any]:
    """The argument of SendMessage that carries a trace.

    Without it SQS would take the header of that very request: the trace of the worker, not of the
    client. https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
    """
    return {"MessageSystemAttributes": {TRACE_ATTRIBUTE: _text(header)}} if header else {}


def copy_of(message: Message) -> str:
    """What a delayed copy says of the message that it stands for."""
    text = f"{message.original} {_milliseconds(message.sent_at)}"
    if not message.slices and message.not_before is None:
        return text
    begins = _milliseconds(message.not_before) if message.not_before else 0
    return f"{text} {message.slices} {begins}"


def value(found: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """A text among the attributes of a received message, empty where it is not there.

    Lambda and ReceiveMessage spell the key differently.
    """
    one = found.get(name, {})
    return _as_text(one.get("stringValue", one.get("StringValue")))


def resolved(
    found: Mapping[str, Mapping[str, Any]], system: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """The attributes of a received message, with those in them that SQS parameters stand for."""
    ours = {name: one for name, one in found.items() if name not in FROM.values()}
    for name, source in FROM.items():
        parameter = value(found, source)
        text = _as_text(system.get(parameter)) if parameter in _PARAMETERS else ""
        if text and name not in ours:
            ours[name] = _text(text)
    return ours


def received(record: Mapping[str, Any]) -> Message:
    """The message in a record of a Lambda event; any error where it is none."""
    system = record["attributes"]
    ours = resolved(record["messageAttributes"], system)
    if not (isinstance(record["body"], str) and isinstance(record["receiptHandle"], str)):
        raise TypeError("the body and the receipt handle are texts")
    sent_at = _moment(system["SentTimestamp"])
    original = _COPY_OF.fullmatch(value(ours, COPY_OF))
    copied_at = sent_at if original else None
    if original:
        # Whatever the attribute says, no message is younger than it is.
        sent_at = min(sent_at, _moment(original[2]))
    correlation, named = value(ours, CORRELATION_ID), ours.get(COMMAND_ID, {})
    schedule = value(ours, SCHEDULE)
    command_id = named.get("stringValue", named.get("StringValue"))
    return Message(
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        command_id=command_id if isinstance(command_id, str) else None,
        sent_at=sent_at,
        receives=int(system["ApproximateReceiveCount"]),
        copy_of=original[1] if original else "",
        copied_at=copied_at,
        slices=int(original[3] or 0) if original else 0,
        not_before=_moment(original[4]) if original and int(original[4] or 0) else None,
        group=_as_text(system.get("MessageGroupId")),
        owner=value(ours, OWNER),
        # It goes into every line of the log; work is not refused for the name that it came with.
        correlation_id=correlation if ID_PATTERN.fullmatch(correlation) else "",
        schedule=schedule if ID_PATTERN.fullmatch(schedule) else "",
        trace=_as_text(system.get(TRACE_ATTRIBUTE)),
        foreign={name: sent for name, one in ours.items() if (sent := _foreign(name, one))},
    )


def with_foreign(ours: Attributes, message: Message) -> dict[str, Any]:
    """Our attributes, and those that others gave the message, as far as there is room for them.

    SQS takes ten: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    """
    foreign = list(message.foreign.items())[: _MOST - len(ours)]
    return {**dict(foreign), **ours}


def _foreign(name: str, one: Mapping[str, Any]) -> dict[str, Any] | None:
    """An attribute that is none of ours, from Lambda's spelling to that of SendMessage."""
    if name in _OURS:
        return None
    kind = _as_text(one.get("dataType"))
    if kind.startswith("Binary"):
        return {"DataType": kind, "BinaryValue": b64decode(one["binaryValue"])}
    text = _as_text(one.get("stringValue"))
    return {"DataType": kind, "StringValue": text} if kind and text else None


def _moment(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _as_text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _text(text: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": text}
