"""What SQS refuses in a batch of messages and the emulator accepts (JSON protocol).

AWS: the SQS API reference (API_SendMessageBatch): the messages of a batch, attributes included,
have 1 MiB together, and each is taken or refused for itself. Here the others of a refused message
fail too, as messages that SQS lost on its side and that are to be sent again: the caller has signed
the batch as a whole, so that the emulator cannot be given a part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.sqs.message_rules import message_refusal, outgoing
from ministack_extensions.sqs.refusal import Refusal
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator

LIMIT = 1024 * 1024
_JSON = "application/x-amz-json-1.0"
_LATER = Refusal("InternalError", "Another message of the batch was refused.", senders=False)


class BatchRules:
    """Checks `SendMessageBatch` before the emulator sees it."""

    def matches(self, request: Request) -> bool:
        """SendMessageBatch in the JSON protocol."""
        return request.header("x-amz-target") == "AmazonSQS.SendMessageBatch"

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer for what SQS would take, with the failures of the rest."""
        batch = request.json()
        url, entries = str(batch.get("QueueUrl", "")), batch.get("Entries") or []
        region, _ = signed_for(request)
        size = sum(outgoing(entry, url).size for entry in entries)
        if size > LIMIT:
            return Refusal(
                "AWS.SimpleQueueService.BatchRequestTooLong",
                f"Batch requests cannot be longer than {LIMIT} bytes. You have sent {size} bytes.",
            ).as_json()
        answers = [
            (
                str(entry.get("Id", "")),
                await message_refusal(outgoing(entry, url), region, emulator),
            )
            for entry in entries
        ]
        if not any(refused for _, refused in answers):
            return await emulator.call(request)
        failed = [(refused or _LATER).as_entry(identity) for identity, refused in answers]
        return json_response(200, {"Successful": [], "Failed": failed}, _JSON)
