"""The work queue, as far as a worker has to speak to it: Lambda itself receives and deletes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.domain import envelope
from command_api.domain.envelope import is_fifo

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from command_api.domain.message import Message

BATCH = 10


@dataclass(frozen=True, eq=False, repr=False)
class SQSQueue:
    """One queue; the client is made when it is first needed, which most batches never do."""

    client: Callable[[], Any]
    url: str
    dlq_url: str
    # The queues that messages may belong to, by their names; empty with one queue.
    urls: Mapping[str, str] = field(default_factory=dict)

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Change when the message comes back, in whole seconds."""
        with unavailable():
            self.client().change_message_visibility(
                QueueUrl=self.url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=max(math.ceil(seconds), 0),
            )

    def dead_letter(self, message: Message) -> None:
        """Send the message to the dead-letter queue, then delete it here.

        It is no delayed copy there: a redrive makes it a request of its own.
        """
        with unavailable():
            self.client().send_message(
                QueueUrl=self.dlq_url,
                **content(message),
                # A FIFO queue takes the same message once, however often that is tried.
                **({"MessageDeduplicationId": message.message_id} if is_fifo(self.url) else {}),
            )
        self.delete([message])

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete messages, ten at a time; one that could not be deleted is found finished later."""
        for start in range(0, len(messages), BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": message.receipt_handle}
                for number, message in enumerate(messages[start : start + BATCH])
            ]
            with unavailable():
                self.client().delete_message_batch(QueueUrl=self.url, Entries=entries)

    def copy(self, message: Message, seconds: float) -> None:
        """Send a copy that says what it stands for."""
        self._send_copy(message, QueueUrl=self.url, DelaySeconds=math.ceil(seconds))

    def copy_all(self, copies: Sequence[tuple[Message, float]]) -> Collection[str]:
        """Send copies ten at a time, which SQS charges like one; what it refuses is left out."""
        from command_api.adapters.sqs.sender import send_all  # noqa: PLC0415 - few have a start

        entries = {
            str(number): {
                "DelaySeconds": math.ceil(seconds),
                **content(message, envelope.copy_of(message)),
            }
            for number, (message, seconds) in enumerate(copies)
        }
        failed = send_all(self.client(), self.url, entries)
        return [
            one.message_id for number, (one, _) in enumerate(copies) if str(number) not in failed
        ]

    def move(self, message: Message, queue: str) -> None:
        """Send a copy to another queue that says what it stands for."""
        self._send_copy(message, QueueUrl=self.urls[queue])

    def _send_copy(self, message: Message, **where: Any) -> None:  # noqa: ANN401
        with unavailable():
            self.client().send_message(**where, **content(message, envelope.copy_of(message)))


def content(message: Message, copy_of: str = "") -> dict[str, Any]:
    """The arguments of SendMessage that let another message stand for this one."""
    ours = envelope.attributes(
        # A command that goes by its messageId needs it said: the new message has another one.
        message.command_id or message.key,
        owner=message.owner,
        correlation_id=message.correlation_id,
        copy_of=copy_of,
        schedule=message.schedule,
    )
    return {
        "MessageBody": message.body,
        "MessageAttributes": envelope.with_foreign(ours, message),
        **envelope.traced(message.trace),
        # On a standard queue a group is whose share of the worker a message takes.
        **({"MessageGroupId": message.group} if message.group else {}),
    }
