"""What SQS refuses to do with a receipt handle and the emulator does (JSON protocol).

AWS: "Amazon SQS visibility timeout" (sqs-visibility-timeout.html): 12 hours at most, from the
receive on. API_ChangeMessageVisibility: only a message in flight has a timeout. API_DeleteMessage
and repost.aws/knowledge-center/sqs-receipt-handle-error: with the timeout a handle of a FIFO queue
expires for good; on a standard queue the latest handle still deletes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.sqs import in_flight
from ministack_extensions.sqs.refusal import INVALID, Refusal
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

LIMIT = 43_200
_CHANGE, _DELETE, _BATCH = "ChangeMessageVisibility", "DeleteMessage", "Batch"
_OPERATIONS = frozenset({_CHANGE, _DELETE, _CHANGE + _BATCH, _DELETE + _BATCH})


class HandleRules:
    """Checks the calls that name a receipt handle before the emulator sees them."""

    def __init__(self) -> None:
        in_flight.note_receives()

    def matches(self, request: Request) -> bool:
        """ChangeMessageVisibility and DeleteMessage, and their batches."""
        return _operation(request) in _OPERATIONS

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, with SQS's refusals in it."""
        document, operation = request.json(), _operation(request)
        batch = operation.endswith(_BATCH)
        entries = document.get("Entries") or [] if batch else [{"Id": "", **document}]
        url, (region, _) = str(document.get("QueueUrl", "")), signed_for(request)
        refused: dict[str, Refusal] = {}
        kept_from = []
        for entry in entries:
            message = in_flight.find(url, region, str(entry.get("ReceiptHandle", "")))
            reason = _refusal(operation.removesuffix(_BATCH), entry, url, message)
            if reason:
                refused[str(entry.get("Id", ""))] = reason
                kept_from += [message] if message else []
        # The caller has signed the request as a whole, so the emulator gets it as a whole.
        with in_flight.out_of_reach(kept_from):
            response = await emulator.call(request)
        if batch:
            return _with_failures(response, refused) if response.ok else response
        # An answer about the handle comes after those about the caller and the queue.
        asked_for_handle = response.ok or "ReceiptHandleIsInvalid" in response.body.decode()
        return refused[""].as_json() if refused and asked_for_handle else response


def _operation(request: Request) -> str:
    prefix, _, operation = (request.header("x-amz-target") or "").partition(".")
    return operation if prefix == "AmazonSQS" else ""


def _refusal(
    operation: str, entry: Mapping[str, Any], url: str, message: in_flight.Received | None
) -> Refusal | None:
    handle, expired = entry.get("ReceiptHandle"), message is not None and not message.hidden
    if expired and url.endswith(".fifo"):
        return _invalid("ReceiptHandle", handle, "The receipt handle has expired.")
    seconds = entry.get("VisibilityTimeout")
    if operation == _DELETE or not isinstance(seconds, int):
        return None
    if not 0 <= seconds <= LIMIT:
        reason = f"Must be between 0 and {LIMIT}, if provided."
        return _invalid("VisibilityTimeout", seconds, reason)
    if expired:
        reason = "Message does not exist or is not available for visibility timeout change."
        return _invalid("ReceiptHandle", handle, reason)
    if message is not None and message.seconds + seconds > LIMIT:
        reason = f"Total VisibilityTimeout for the message is beyond the limit [{LIMIT} seconds]"
        return _invalid("VisibilityTimeout", seconds, reason)
    return None


def _invalid(parameter: str, value: object, reason: str) -> Refusal:
    return Refusal(INVALID, f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


def _with_failures(response: Response, refused: Mapping[str, Refusal]) -> Response:
    if not refused:
        return response
    document = response.json()
    others = [it for it in document.get("Failed", []) if it["Id"] not in refused]
    failed = [reason.as_entry(identity) for identity, reason in refused.items()]
    document["Failed"] = [*others, *failed]
    return replace(response, body=json.dumps(document).encode())
