"""One message move task: takes messages from a dead-letter queue and sends them on.

AWS: "Learn how to configure a dead-letter queue redrive"
(sqs-configure-dead-letter-queue-redrive.html) and "Troubleshooting DLQ redrive"
(troubleshooting-dlq-redrive.html) for the failure reasons. A moved message is a new message: new
id, new enqueue time, its attributes kept.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ministack_extensions.sqs.queues import Queue, SqsError

RUNNING, CANCELLING = "RUNNING", "CANCELLING"
_MISSING_QUEUE = ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")


@dataclass
class MoveTask:
    """The state of one task; times are epoch milliseconds."""

    source: Queue
    destination: Queue | None
    rate: int | None
    to_move: int
    status: str = RUNNING
    moved: int = 0
    failure: str | None = None
    started: int = field(default_factory=lambda: int(time.time() * 1000))
    task_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def handle(self) -> str:
        """The opaque handle that StartMessageMoveTask returns."""
        text = json.dumps({"taskId": self.task_id, "sourceArn": self.source.arn})
        return base64.b64encode(text.encode()).decode()

    @property
    def active(self) -> bool:
        """Whether it still may move messages."""
        return self.status in (RUNNING, CANCELLING)

    def entry(self) -> dict[str, Any]:
        """The task as ListMessageMoveTasks shows it: the handle only while it runs."""
        entry = {
            "TaskHandle": self.handle if self.status == RUNNING else None,
            "Status": self.status,
            "SourceArn": self.source.arn,
            "DestinationArn": self.destination.arn if self.destination else None,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure,
            "StartedTimestamp": self.started,
        }
        return {key: value for key, value in entry.items() if value is not None}

    async def run(self) -> None:
        """Move messages until the source is empty, the task is cancelled or it fails."""
        try:
            while self.status == RUNNING and (message := await self._next()):
                await self._move(message)
                self.moved += 1
                # Without a wish AWS chooses the rate; here it is as fast as the emulator.
                await asyncio.sleep(1 / self.rate if self.rate else 0)
        except SqsError as error:
            code = str(error)
            self.failure = _MISSING_QUEUE[1] if code in _MISSING_QUEUE else code
            self.status = "FAILED"
        else:
            self.status = "COMPLETED" if self.status == RUNNING else "CANCELLED"

    async def _next(self) -> dict[str, Any] | None:
        answer = await self.source.call(
            "ReceiveMessage",
            MaxNumberOfMessages=1,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
            # A queue's own long polling would have the task wait for what dies again meanwhile, and
            # move that in a circle for ever.
            WaitTimeSeconds=0,
        )
        messages = answer.get("Messages", [])
        return messages[0] if messages else None

    async def _move(self, message: dict[str, Any]) -> None:
        attributes = message.get("Attributes", {})
        origin = attributes.get("DeadLetterQueueSourceArn")
        if self.destination is None and not origin:
            await self._release(message)
            reason = "CouldNotDetermineMessageSource"
            raise SqsError(reason)
        destination = self.destination or Queue(origin, self.source.emulator)
        sent: dict[str, Any] = {"MessageBody": message["Body"]}
        if message.get("MessageAttributes"):
            sent["MessageAttributes"] = message["MessageAttributes"]
        if trace := attributes.get("AWSTraceHeader"):
            sent["MessageSystemAttributes"] = {
                "AWSTraceHeader": {"DataType": "String", "StringValue": trace}
            }
        if group := attributes.get("MessageGroupId"):
            sent["MessageGroupId"] = group
        if destination.arn.endswith(".fifo"):
            sent.setdefault("MessageGroupId", self.task_id)
            # A new one: the original may still be within the five minutes of deduplication.
            sent["MessageDeduplicationId"] = str(uuid.uuid4())
        await destination.call("SendMessage", **sent)
        await self.source.call("DeleteMessage", ReceiptHandle=message["ReceiptHandle"])

    async def _release(self, message: dict[str, Any]) -> None:
        await self.source.call(
            "ChangeMessageVisibility",
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=0,
        )
