"""What SQS refuses in a message and the emulator accepts.

AWS: "Amazon SQS message metadata" (sqs-message-metadata.html) for attributes, "Amazon SQS message
quotas" for sizes: names, types and values of attributes count like the body. Batches are not
checked.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from scripts.local.emulator.http import Request, Response
from scripts.local.emulator.upstream import Emulator, signed_for

MAX_ATTRIBUTES = 10
SMALLEST_LIMIT = 1024  # no queue can have a lower MaximumMessageSize
_TYPES = ("Binary", "Number", "String")
_FORM_KEY = re.compile(r"MessageAttribute\.(\d+)\.(Name|Value\.\w+)")


@dataclass(frozen=True)
class Refusal:
    """An error of SQS, in both of its protocols."""

    code: str
    message: str

    def as_json(self) -> Response:
        """The error as the AWS JSON protocol spells it."""
        headers = (
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amzn-query-error", f"{self.code};Sender"),
        )
        error = {"__type": f"com.amazonaws.sqs#{self.code}", "message": self.message}
        return Response(400, headers, json.dumps(error).encode())

    def as_xml(self) -> Response:
        """The error as the AWS query protocol spells it."""
        body = (
            '<?xml version="1.0"?>'
            '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>'
            f"<Type>Sender</Type><Code>{self.code}</Code>"
            f"<Message>{escape(self.message)}</Message><Detail/></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
        return Response(400, (("content-type", "text/xml"),), body.encode())


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
            refused = await _refusal(*_from_json(request.json()), region, emulator)
            return refused.as_json() if refused else await emulator.call(request)
        form = request.form()
        refused = await refusal(form, region, emulator)
        return refused.as_xml() if refused else await emulator.call(request)


async def refusal(form: Mapping[str, str], region: str, emulator: Emulator) -> Refusal | None:
    """Why SQS would refuse a SendMessage in the query protocol, or None."""
    if form.get("Action") != "SendMessage":
        return None
    return await _refusal(*_from_form(form), region, emulator)


Attributes = Mapping[str, Mapping[str, str]]


def _from_json(document: Mapping[str, Any]) -> tuple[str, str, Attributes]:
    attributes = document.get("MessageAttributes") or {}
    return document.get("QueueUrl", ""), document.get("MessageBody", ""), attributes


def _from_form(form: Mapping[str, str]) -> tuple[str, str, Attributes]:
    numbered: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        if found := _FORM_KEY.fullmatch(key):
            numbered.setdefault(found[1], {})[found[2].removeprefix("Value.")] = value
    attributes = {entry.pop("Name", ""): entry for entry in numbered.values()}
    return form.get("QueueUrl", ""), form.get("MessageBody", ""), attributes


async def _refusal(
    queue_url: str, body: str, attributes: Attributes, region: str, emulator: Emulator
) -> Refusal | None:
    for problem in _attribute_problems(attributes):
        return Refusal("InvalidParameterValue", problem)
    size = len(body.encode()) + sum(_size(name, typed) for name, typed in attributes.items())
    if not attributes or size <= SMALLEST_LIMIT:
        return None  # the emulator itself measures bodies
    wanted = {"QueueUrl": queue_url, "AttributeNames": ["MaximumMessageSize"]}
    answer = await emulator.json_api("sqs", region, "AmazonSQS.GetQueueAttributes", wanted)
    limit = int(answer.json().get("Attributes", {}).get("MaximumMessageSize", size))
    if size <= limit:
        return None
    reason = f"Message must be shorter than {limit} bytes."
    return Refusal("InvalidParameterValue", f"One or more parameters are invalid. Reason: {reason}")


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


def _size(name: str, typed: Mapping[str, str]) -> int:
    value = typed.get("StringValue", "").encode()
    if binary := typed.get("BinaryValue"):
        try:
            value = base64.b64decode(binary)
        except binascii.Error:
            value = binary.encode()
    return len(name.encode()) + len(typed.get("DataType", "")) + len(value)
