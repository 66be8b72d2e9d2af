"""What SQS refuses in a message and the emulator accepts.

AWS: "Amazon SQS message metadata" (sqs-message-metadata.html) for attributes, "Amazon SQS message
quotas" for sizes: names, types and values of attributes count like the body.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack_extensions.sqs.message_groups import bad_group
from ministack_extensions.sqs.refusal import INVALID, Refusal
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

MAX_ATTRIBUTES = 10
MAX_DELAY = 900
SMALLEST_LIMIT = 1024  # no queue can have a lower MaximumMessageSize
_TYPES = ("Binary", "Number", "String")
_NAME = re.compile(r"(?!(?i:aws|amazon)\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# The complement of the characters of XML 1.0, which is what a message may hold.
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORM_KEY = re.compile(r"MessageAttribute\.(\d+)\.(Name|Value\.\w+)")

Attributes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Outgoing:
    """One message on its way into a queue."""

    queue_url: str
    body: str
    attributes: Attributes
    system_attributes: Attributes
    group: str | None
    deduplication: str | None
    delay: int

    @property
    def size(self) -> int:
        """Bytes that count towards the queue's limit."""
        attributes = self.attributes.items()
        return _bytes(self.body) + sum(_size(name, typed) for name, typed in attributes)


class MessageRules:
    """Checks `SendMessage` before the emulator sees it."""

    def matches(self, request: Request) -> bool:
        """SendMessage in the JSON protocol, any SQS call in the query protocol."""
        target = request.header("x-amz-target")
        if target is not None:
            return target == "AmazonSQS.SendMessage"
        return request.method == "POST" and signed_for(request)[1] == "sqs"

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """SQS's refusal, or the emulator's answer."""
        region, _ = signed_for(request)
        if request.header("x-amz-target"):
            document = request.json()
            message = outgoing(document, document.get("QueueUrl", ""))
            refused = await message_refusal(message, region, emulator)
            return refused.as_json() if refused else await emulator.call(request)
        form = request.form()
        refused = await refusal(form, region, emulator)
        return refused.as_xml() if refused else await emulator.call(request)


async def refusal(form: Mapping[str, str], region: str, emulator: Emulator) -> Refusal | None:
    """Why SQS would refuse a SendMessage in the query protocol, or None."""
    if form.get("Action") != "SendMessage":
        return None
    return await message_refusal(_from_form(form), region, emulator)


def outgoing(document: Mapping[str, Any], queue_url: str) -> Outgoing:
    """The message in a SendMessage call of the JSON protocol, or in an entry of a batch."""
    return Outgoing(
        queue_url=queue_url,
        body=document.get("MessageBody", ""),
        attributes=document.get("MessageAttributes") or {},
        system_attributes=document.get("MessageSystemAttributes") or {},
        group=document.get("MessageGroupId"),
        deduplication=document.get("MessageDeduplicationId"),
        delay=int(document.get("DelaySeconds") or 0),
    )


def _from_form(form: Mapping[str, str]) -> Outgoing:
    numbered: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        if found := _FORM_KEY.fullmatch(key):
            numbered.setdefault(found[1], {})[found[2].removeprefix("Value.")] = value
    attributes = {entry.pop("Name", ""): entry for entry in numbered.values()}
    return outgoing({**form, "MessageAttributes": attributes}, form.get("QueueUrl", ""))


async def message_refusal(message: Outgoing, region: str, emulator: Emulator) -> Refusal | None:
    """Why SQS would refuse the message, or None."""
    for problem in (*_problems(message), *_attribute_problems(message.attributes)):
        return Refusal(INVALID, problem)
    values = (typed.get("StringValue", "") for typed in message.attributes.values())
    if any(map(_NOT_ALLOWED.search, (message.body, *values))):
        text = "The message contains characters outside the allowed set."
        return Refusal("InvalidMessageContents", text)
    if bad := bad_group(message.queue_url, message.group, message.deduplication):
        return bad
    if not message.attributes or message.size <= SMALLEST_LIMIT:
        return None  # the emulator itself measures bodies
    wanted = {"QueueUrl": message.queue_url, "AttributeNames": ["MaximumMessageSize"]}
    answer = await emulator.json_api("sqs", region, "AmazonSQS.GetQueueAttributes", wanted)
    limit = int(answer.json().get("Attributes", {}).get("MaximumMessageSize", message.size))
    if message.size <= limit:
        return None
    reason = f"Message must be shorter than {limit} bytes."
    return Refusal(INVALID, f"One or more parameters are invalid. Reason: {reason}")


def _problems(message: Outgoing) -> Iterable[str]:
    if not 0 <= message.delay <= MAX_DELAY:
        yield (
            f"Value {message.delay} for parameter DelaySeconds is invalid. "
            f"Reason: DelaySeconds must be >= 0 and <= {MAX_DELAY}."
        )
    for name, typed in message.system_attributes.items():
        if name != "AWSTraceHeader":
            yield f"Message system attribute name '{name}' is invalid."
        elif typed.get("DataType") != "String" or not typed.get("StringValue"):
            yield (
                "Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of "
                "type 'String'."
            )


def _attribute_problems(attributes: Attributes) -> Iterable[str]:
    if len(attributes) > MAX_ATTRIBUTES:
        yield (
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{MAX_ATTRIBUTES}]."
        )
    for name, typed in attributes.items():
        kind = typed.get("DataType", "")
        if not name:
            yield "The request must contain non-empty message attribute names."
        elif not _NAME.fullmatch(name):
            yield (
                f"The message attribute name '{name}' is invalid. Attribute name can contain A-Z, "
                "a-z, 0-9, underscore (_), hyphen (-), and period (.) characters."
            )
        elif kind.partition(".")[0] not in _TYPES:
            yield (
                f"The type of message (user) attribute '{name}' is invalid. You must use only "
                "the following supported type prefixes: Binary, Number, String."
            )
        elif not (typed.get("StringValue") or typed.get("BinaryValue")):
            yield (
                f"Message (user) attribute '{name}' must contain a non-empty value of type "
                f"'{kind}'."
            )
        elif kind.startswith("Number") and not _NUMBER.fullmatch(typed.get("StringValue", "")):
            yield f"Can't cast the value of message (user) attribute '{name}' to a number."


def _size(name: str, typed: Mapping[str, str]) -> int:
    value = _bytes(typed.get("StringValue", ""))
    if binary := typed.get("BinaryValue"):
        try:
            value = len(base64.b64decode(binary))
        except binascii.Error:
            value = _bytes(binary)
    return _bytes(name) + len(typed.get("DataType", "")) + value


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
