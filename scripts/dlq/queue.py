"""A queue: whole batches, what became of each of their entries, and how fast they are sent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.dlq.message import from_sqs
from scripts.errors import OperatorError
from scripts.framework import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient

    from scripts.dlq.message import DeadLetterMessage

BATCH = 10
# Every message fits into a batch alone, and so does every queue's own limit.
BATCH_BYTES = 250_000
# Waiting asks all of SQS's servers, where a hasty look asks some and may find nothing.
WAIT_SECONDS = 1
# Between the tries of what AWS refused through no fault of ours.
PAUSES = (0.2, 1.0, 3.0)
_BUSY = {"AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress"}
_MISSING = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}


@dataclass(frozen=True)
class Depth:
    """How many messages a queue has, roughly: to be received now, and hidden by a reader."""

    visible: int
    hidden: int


@dataclass
class RateLimiter:
    """At most `rate` messages a second; no limit where it is None."""

    rate: int | None
    wait: Callable[[float], None] = time.sleep
    _due: float = 0.0

    @property
    def step(self) -> int:
        """How many to send at once: what a second may have, so that a slow rate is an even one."""
        return BATCH if self.rate is None else min(BATCH, self.rate)

    def acquire(self, number: int) -> None:
        """Return when so many messages more may be sent."""
        if self.rate is None:
            return
        now = time.monotonic()
        if self._due > now:
            self.wait(self._due - now)
        self._due = max(self._due, now) + number / self.rate


class Queue:
    """One queue; `wait` pauses between two tries."""

    def __init__(
        self, client: SQSClient, url: str, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._wait = client, wait
        self.url = url
        self.name = url.rpartition("/")[2]
        self.fifo = url.endswith(".fifo")

    def attributes(self) -> Mapping[str, str]:
        """All attributes; OperatorError where there is no such queue."""
        try:
            answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        except ClientError as error:
            if error_code(error) in _MISSING:
                raise OperatorError(
                    f"queue {self.name} not found; check account and region, or apply the"
                    " environment"
                ) from None
            raise
        found: Mapping[str, str] = answer["Attributes"]  # type: ignore[assignment]
        return found

    def depth(self) -> Depth:
        """How many messages it has."""
        found = self.attributes()
        return Depth(
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
        )

    def receive(self, number: int, hide: int) -> list[DeadLetterMessage]:
        """The next messages, hidden from others for so many seconds."""
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=number,
            VisibilityTimeout=hide,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return [from_sqs(one) for one in answer.get("Messages", [])]

    def hide(self, receipts: Sequence[str], seconds: int) -> dict[int, str]:
        """Hide messages for so many seconds from now; codes of those that were refused."""
        entries = [{"ReceiptHandle": one, "VisibilityTimeout": seconds} for one in receipts]
        return self._in_batches(self._client.change_message_visibility_batch, entries)

    def delete(self, receipts: Sequence[str]) -> dict[int, str]:
        """Delete messages; codes of those that were refused, by their place in the list."""
        entries = [{"ReceiptHandle": one} for one in receipts]
        return self._in_batches(self._client.delete_message_batch, entries)

    def send(
        self, messages: Sequence[DeadLetterMessage], *, dedup: Sequence[str] = ()
    ) -> dict[int, str]:
        """Send messages; codes of those that were refused, by their place in the list.

        `dedup` are the deduplication ids for a FIFO queue, where messages go one by one: a batch
        may take a later message of a group and refuse an earlier one.
        """
        entries = [_entry(one) for one in messages]
        if not self.fifo:
            return self._in_batches(self._client.send_message_batch, entries)
        refused: dict[int, str] = {}
        groups: set[str] = set()
        for number, (one, entry, name) in enumerate(zip(messages, entries, dedup, strict=True)):
            entry["MessageDeduplicationId"] = name
            if one.group in groups:
                refused[number] = "BehindARefusedMessage"
            elif failed := self._in_batches(self._client.send_message_batch, [entry]):
                refused[number] = failed[0]
                groups.add(one.group)
        return refused

    def purge(self) -> None:
        """Delete all messages, also those that somebody looks at."""
        try:
            self._client.purge_queue(QueueUrl=self.url)
        except ClientError as error:
            if error_code(error) not in _BUSY:
                raise
            raise OperatorError(
                f"{self.name} was purged less than a minute ago; SQS allows one purge per"
                " minute: wait, then run show"
            ) from None

    def _in_batches(
        self, call: Callable[..., Any], entries: Sequence[Mapping[str, Any]]
    ) -> dict[int, str]:
        """Call for all entries; what SQS refuses by its own fault is tried again a few times."""
        waiting = [{**entry, "Id": str(number)} for number, entry in enumerate(entries)]
        refused: dict[int, str] = {}
        for pause in (*PAUSES, None):
            again: list[dict[str, Any]] = []
            for batch in _batches(waiting):
                answer = call(QueueUrl=self.url, Entries=batch)
                for one in batch:
                    refused.pop(int(one["Id"]), None)
                for failed in answer.get("Failed", []):
                    refused[int(failed["Id"])] = failed["Code"]
                    if not failed.get("SenderFault"):
                        again += [one for one in batch if one["Id"] == failed["Id"]]
            if not again or pause is None:
                break
            self._wait(pause)
            waiting = again
        return refused


def _entry(one: DeadLetterMessage) -> dict[str, Any]:
    entry: dict[str, Any] = {"MessageBody": one.body}
    if one.attributes:
        entry["MessageAttributes"] = one.attributes
    if one.group:  # standard queues have groups, too: fair queues
        entry["MessageGroupId"] = one.group
    return entry | envelope.traced(one.trace)


def _batches(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        own = _size(entry)
        if batch and (len(batch) == BATCH or size + own > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += own
    if batch:
        yield batch


def _size(entry: Mapping[str, Any]) -> int:
    attributes: Mapping[str, Mapping[str, Any]] = entry.get("MessageAttributes", {})
    values = [part for value in attributes.values() for part in value.values()]
    texts = [entry.get("MessageBody", ""), *attributes, *values]
    return sum(len(one.encode() if isinstance(one, str) else one) for one in texts)
