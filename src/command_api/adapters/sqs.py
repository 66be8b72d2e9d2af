"""The work queue, as far as a worker has to speak to it: Lambda itself receives and deletes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from command_api.domain.message import (
    CORRELATION_ATTRIBUTE,
    ID_ATTRIBUTE,
    OWNER_ATTRIBUTE,
    RENEWAL_ATTRIBUTE,
)
from command_api.domain.queues import is_fifo
from command_api.domain.trace import TRACE_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from command_api.domain.message import Message
    from command_api.domain.renewal import Renewal

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
MAX_VISIBILITY_SECONDS = 12 * 60 * 60
BATCH = 10


@dataclass(frozen=True, eq=False, repr=False)
class SQSQueue:
    """One queue; the client is made when it is first needed, which most batches never do."""

    client: Callable[[], Any]
    url: str
    dlq_url: str

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Change when the message comes back, in whole seconds and at most twelve hours."""
        self.client().change_message_visibility(
            QueueUrl=self.url,
            ReceiptHandle=receipt_handle,
            VisibilityTimeout=min(max(math.ceil(seconds), 0), MAX_VISIBILITY_SECONDS),
        )

    def condemn(self, message: Message) -> bool:
        """Let the queue's own limit move the message, or move it where that would hurt others.

        A FIFO queue delivers a message together with those behind it, so while this one used up
        its receives, they would use up theirs.
        """
        if not is_fifo(self.url):
            self.delay(message.receipt_handle, 0.0)
            return False
        self.client().send_message(
            QueueUrl=self.dlq_url,
            MessageBody=message.body,
            MessageGroupId=message.group,
            # The same message is condemned once, however often that is tried.
            MessageDeduplicationId=message.message_id,
            MessageAttributes=_attributes(message),
            **_traced(message),
        )
        self.delete([message])
        return True

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete messages, ten at a time; one that could not be deleted is found finished later."""
        for start in range(0, len(messages), BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": message.receipt_handle}
                for number, message in enumerate(messages[start : start + BATCH])
            ]
            self.client().delete_message_batch(QueueUrl=self.url, Entries=entries)

    def renew(self, message: Message, seconds: float, *, at: datetime) -> None:
        """Send a copy with the same command id, which notes where it comes from."""
        self._copy(message, seconds, message.renewed(at))

    def postpone(self, message: Message, seconds: float, *, at: datetime) -> None:
        """Send a copy which notes the same, and that nothing had to be saved."""
        self._copy(message, seconds, message.postponed(at))

    def _copy(self, message: Message, seconds: float, renewal: Renewal) -> None:
        # A copy has another messageId, so a command that goes by the first one needs it said.
        named = replace(message, command_id=message.command_id or message.key)
        self.client().send_message(
            QueueUrl=self.url,
            MessageBody=message.body,
            DelaySeconds=math.ceil(seconds),
            MessageAttributes=_attributes(named, str(renewal)),
            **_traced(message),
            # On a standard queue a group is whose share of the worker a message takes.
            **({"MessageGroupId": message.group} if message.group else {}),
        )


def _attributes(message: Message, renewal: str = "") -> dict[str, dict[str, str]]:
    values = {RENEWAL_ATTRIBUTE: renewal} if renewal else {}
    if message.command_id is not None:
        values[ID_ATTRIBUTE] = message.command_id
    if message.owner:
        values[OWNER_ATTRIBUTE] = message.owner
    if message.correlation_id:
        values[CORRELATION_ATTRIBUTE] = message.correlation_id
    return {name: _text(value) for name, value in values.items()}


def _traced(message: Message) -> dict[str, Any]:
    # Without it SQS would take the header of this request: the trace of the worker, not of the
    # client. https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
    if not message.trace:
        return {}
    return {"MessageSystemAttributes": {TRACE_ATTRIBUTE: _text(message.trace)}}


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
