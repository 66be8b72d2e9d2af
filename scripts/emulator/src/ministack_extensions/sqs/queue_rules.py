"""What SQS refuses in a queue's attributes and in a receive, and the emulator accepts (JSON).

AWS: the SQS API reference (API_CreateQueue, API_SetQueueAttributes, API_GetQueueAttributes,
API_ReceiveMessage). The emulator itself holds the attributes that are numbers to their ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack_extensions.sqs.refusal import INVALID, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_BOOLEAN = frozenset({"true", "false"})
_ANY = None
# By attribute, its values; only queues whose names end in .fifo have the second kind.
_STANDARD: dict[str, frozenset[str] | None] = {
    "DelaySeconds": _ANY,
    "KmsDataKeyReusePeriodSeconds": _ANY,
    "KmsMasterKeyId": _ANY,
    "MaximumMessageSize": _ANY,
    "MessageRetentionPeriod": _ANY,
    "Policy": _ANY,
    "ReceiveMessageWaitTimeSeconds": _ANY,
    "RedriveAllowPolicy": _ANY,
    "RedrivePolicy": _ANY,
    "SqsManagedSseEnabled": _BOOLEAN,
    "VisibilityTimeout": _ANY,
}
_FIFO: dict[str, frozenset[str] | None] = {
    "ContentBasedDeduplication": _BOOLEAN,
    "DeduplicationScope": frozenset({"messageGroup", "queue"}),
    "FifoQueue": frozenset({"true"}),
    "FifoThroughputLimit": frozenset({"perQueue", "perMessageGroupId"}),
}
_READ_ONLY = frozenset(
    {
        "All",
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
    }
)
_READABLE = _READ_ONLY | _STANDARD.keys() | _FIFO.keys()
# By parameter of ReceiveMessage, its highest value; the emulator checks how many are asked for.
_RECEIVE = {"VisibilityTimeout": 43_200, "WaitTimeSeconds": 20}


class QueueRules:
    """Checks calls about queues and receives before the emulator sees them."""

    def matches(self, request: Request) -> bool:
        """CreateQueue, SetQueueAttributes, GetQueueAttributes and ReceiveMessage."""
        return request.header("x-amz-target") in _REFUSALS

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """SQS's refusal, or the emulator's answer."""
        refused = _REFUSALS[request.header("x-amz-target") or ""](request.json())
        return refused.as_json() if refused else await emulator.call(request)


def _settings(document: Mapping[str, Any]) -> Refusal | None:
    """Why SQS would refuse to set these attributes, or None."""
    name = str(document.get("QueueName") or document.get("QueueUrl") or "")
    # A name without the suffix is what the emulator refuses where a queue shall be FIFO.
    fifo = name.endswith(".fifo") or document.get("Attributes", {}).get("FifoQueue") == "true"
    known = _STANDARD | _FIFO if fifo else _STANDARD
    for attribute, value in (document.get("Attributes") or {}).items():
        if attribute not in known:
            return _unknown(attribute)
        values = known[attribute]
        if values is not None and value not in values:
            text = f"Invalid value for the parameter {attribute}."
            return Refusal("InvalidAttributeValue", text)
    return None


def _names(document: Mapping[str, Any]) -> Refusal | None:
    names = document.get("AttributeNames") or []
    return next((_unknown(name) for name in names if name not in _READABLE), None)


def _receive(document: Mapping[str, Any]) -> Refusal | None:
    for parameter, limit in _RECEIVE.items():
        value = document.get(parameter) or 0
        if not 0 <= value <= limit:
            reason = f"Must be between 0 and {limit}, if provided."
            text = f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
            return Refusal(INVALID, text)
    return None


def _unknown(attribute: str) -> Refusal:
    return Refusal("InvalidAttributeName", f"Unknown Attribute {attribute}.")


_REFUSALS = {
    "AmazonSQS.CreateQueue": _settings,
    "AmazonSQS.SetQueueAttributes": _settings,
    "AmazonSQS.GetQueueAttributes": _names,
    "AmazonSQS.ReceiveMessage": _receive,
}
