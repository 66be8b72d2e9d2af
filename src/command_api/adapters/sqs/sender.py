"""Messages into SQS, ten at a time, with those again that the queue did not take.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

from __future__ import annotations

import math
import random
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.domain import envelope
from command_api.domain.envelope import group_of, is_fifo
from command_api.domain.message import body_of
from command_api.domain.timing import LONGEST_DELAY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from command_api.domain.model import Command

BATCH = 10
# One message may have that much, and all of a call together.
BYTES = 256 * 1024
TRIES = 4
# Characters outside of XML 1.0. A body has them escaped.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TOO_LONG = "MessageTooLong"

Entry = dict[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class SQSSender:
    """The queues of commands. In a `fair` one an owner's messages are a group.

    `urls` are those of all queues by name, empty with one; what names no queue goes to `url`.
    """

    client: Callable[[], Any]
    url: str
    fair: bool = False
    urls: Mapping[str, str] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def takes(self, command: Command) -> bool:
        """Whether the whole entry is small enough for SQS, with characters that it takes."""
        made = self._entry(command)
        values = (value["StringValue"] for value in made["MessageAttributes"].values())
        return size(made) <= BYTES and not any(map(_REFUSED.search, values))

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """Send in as few calls as there can be; errors of a call stand for all that is left."""
        queues: dict[str, dict[str, Entry]] = {}
        for number, one in enumerate(commands):
            if one.pending_entry is not None and one.pending_entry.input is not None:
                url = self.urls.get(one.queue, self.url)
                queues.setdefault(url, {})[str(number)] = self._entry(one)
        sent: set[str] = set()
        for url, entries in queues.items():
            sent |= entries.keys() - send_all(self.client(), url, entries, sleep=self.sleep).keys()
        return [one.id for number, one in enumerate(commands) if str(number) in sent]

    def _entry(self, command: Command) -> Entry:
        group = ""
        if is_fifo(self.url):
            group = command.group
        elif self.fair:
            group = group_of(command.owner)
        stored = command.pending_entry
        made = entry(
            body_of(command.type, (stored.input if stored else None) or {}, timing=command.timing),
            command.id,
            owner=command.owner,
            group=group,
            fifo=is_fifo(self.url),
            correlation_id=command.correlation_id,
        )
        delay = _delay(command, now=self.clock())
        return (
            made
            | ({"DelaySeconds": delay} if delay else {})
            | envelope.traced(stored.trace if stored else "")
        )


def _delay(command: Command, *, now: datetime) -> int:
    """Seconds until a command may start; 0 where that is too far away for a message's delay."""
    wait = command.timing.wait(now)
    return math.ceil(wait.total_seconds()) if wait <= LONGEST_DELAY else 0


def entry(
    body: str,
    command_id: str,
    *,
    owner: str = "",
    group: str = "",
    fifo: bool = False,
    correlation_id: str = "",
) -> Entry:
    """One entry of a call, without its number.

    Two commands with the same body are two commands: it's the id that tells repetitions.
    """
    made: Entry = {
        "MessageBody": body,
        "MessageAttributes": envelope.attributes(
            command_id, owner=owner, correlation_id=correlation_id
        ),
    }
    if group:
        made["MessageGroupId"] = group
    if fifo:
        made["MessageDeduplicationId"] = command_id
    return made


def size(made: Entry) -> int:
    """What SQS counts of a message: its body, and its attributes with their names and types.

    The trace is not counted.
    """
    attributes = made["MessageAttributes"].items()
    named = sum(
        len(name) + len(value["DataType"]) + len(_bytes_of(value)) for name, value in attributes
    )
    return len(made["MessageBody"].encode()) + named


def _bytes_of(value: Mapping[str, Any]) -> bytes:
    # Other systems' attributes, which copies carry along, may be binary.
    binary: bytes | None = value.get("BinaryValue")
    return value["StringValue"].encode() if binary is None else binary


def batches(entries: Mapping[str, Entry]) -> Iterator[list[Entry]]:
    """The entries by their numbers in groups that one call can take, in their order."""
    batch: list[Entry] = []
    room = BYTES
    for number, made in entries.items():
        needed = size(made)
        if batch and (len(batch) == BATCH or needed > room):
            yield batch
            batch, room = [], BYTES
        batch.append({"Id": number, **made})
        room -= needed
    if batch:
        yield batch


def send_all(
    client: Any,  # noqa: ANN401 - botocore makes its clients at run time
    url: str,
    entries: Mapping[str, Entry],
    *,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[float, float], float] = random.uniform,
) -> dict[str, str]:
    """Send entries by number, and those again that were refused for a reason of SQS's own.

    Returns the numbers that did not make it, with the code of the reason. In a FIFO queue a group
    keeps its order only as long as nothing is refused.
    """
    # One that is too large by itself would be refused along with its whole call.
    failed = {number: TOO_LONG for number, made in entries.items() if size(made) > BYTES}
    left = {number: made for number, made in entries.items() if number not in failed}
    for attempt in range(TRIES):
        if attempt:
            sleep(jitter(0.0, 0.1 * 2**attempt))
        refused = _send_once(client, url, left)
        final = {number: code for number, (code, ours) in refused.items() if ours}
        failed |= final
        left = {number: entries[number] for number in refused if number not in final}
        if not left:
            return failed
    return failed | {number: refused[number][0] for number in left}


def _send_once(
    client: Any,  # noqa: ANN401 - as above
    url: str,
    entries: Mapping[str, Entry],
) -> dict[str, tuple[str, bool]]:
    """What was refused: number to code, and whether it is our fault."""
    refused: dict[str, tuple[str, bool]] = {}
    pending = list(batches(entries))
    for position, batch in enumerate(pending):
        try:
            answer = client.send_message_batch(QueueUrl=url, Entries=batch)
        except Exception as error:  # noqa: BLE001 - the client has tried again: the queue is away
            response = getattr(error, "response", {})
            code = response.get("Error", {}).get("Code", type(error).__name__)
            rest = [made["Id"] for later in pending[position:] for made in later]
            return refused | dict.fromkeys(rest, (code, True))
        for one in answer.get("Failed", ()):
            refused[one["Id"]] = (one["Code"], bool(one["SenderFault"]))
    return refused
