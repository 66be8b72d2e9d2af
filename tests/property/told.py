"""A table's stream, the mapping that reads it, and a bus, in one thread and in virtual time.

The mapping does what AWS documents: a batch per shard, filtered; everything from the earliest
failed record on comes again, an invocation that fails is halved, and a record that is older than
the limit is given up.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from command_api.adapters.dynamodb.item import attributes, text
from command_api.domain.model import Failure, Status
from tests.builders import LATER, NOW, command
from tests.property.invocation import Died

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from command_api.domain.model import Callback, Command

SHARDS, BATCH, RETRY_SECONDS, INVOCATION_SECONDS = 4, 100, 10.0, 0.1
# As modules/notifications sets them.
TOLD = {"COMPLETED", "FAILED", "CANCELLED"}
PATIENCE = 6 * 3600.0
LONGEST_WAIT = PATIENCE + 1800

RUNNING = command(Status.PROCESSING, owner="alice")
REJECTED = Failure(code="invalid_input", message="s3cret", retryable=False)
GIVEN_UP = Failure(code="temporary_failure", message="s3cret", retryable=True)
LOST = Failure(code="worker_lost", message="s3cret", retryable=True)


def _failed(before: Command, failure: Failure, at: float) -> Command:
    return before.failed(failure, now=NOW + timedelta(seconds=at), purge_at=LATER)


def _completed(before: Command, at: float) -> Command:
    return before.completed({"s3cret": 1}, now=NOW + timedelta(seconds=at), purge_at=LATER)


def history(kind: str, name: str, at: float) -> list[tuple[float, Command]]:
    """When a command is written, from `at` on, and as what; `kind` is what becomes of it."""
    running = replace(RUNNING, id=name)
    waiting = replace(running, status=Status.PENDING, lease=None)
    first, second = at + 1, at + 2
    lives: dict[str, Callable[[], list[Command]]] = {
        "completed": lambda: [running, _completed(running, first)],
        "rejected": lambda: [_failed(waiting, REJECTED, at)],
        "tried": lambda: [running, waiting, running, _failed(running, GIVEN_UP, at + 3)],
        "lost": lambda: [running, _failed(running, LOST, first)],
        "cancelled": lambda: [
            waiting,
            replace(waiting, status=Status.CANCELLED, completed_at=NOW + timedelta(seconds=first)),
        ],
        "redriven": lambda: [
            running,
            _failed(running, GIVEN_UP, first),
            running,
            _completed(running, at + 3),
        ],
        "touched": lambda: [
            running,
            _completed(running, first),
            replace(_completed(running, first), purge_at=LATER + timedelta(seconds=second)),
        ],
    }
    return [(at + n, one) for n, one in enumerate(lives[kind]())]


KINDS = ("completed", "rejected", "tried", "lost", "cancelled", "redriven", "touched")


def callback_of(number: int, callbacks: Sequence[Callback]) -> Callback | None:
    """What a command has; kinds and callbacks meet in every combination."""
    return callbacks[(number // len(KINDS)) % len(callbacks)] if callbacks else None


@dataclass
class Table:
    """The table's stream: what was written, by shard and in its order."""

    shards: list[list[tuple[float, dict[str, Any]]]] = field(
        default_factory=lambda: [[] for _ in range(SHARDS)]
    )
    # What ended and how, by command and epoch milliseconds: what must be heard.
    ended: dict[str, str] = field(default_factory=dict)

    def live(self, commands: int, random: Random, callbacks: Sequence[Callback] = ()) -> None:
        """Write the lives of so many commands, each begun within an hour of the others.

        Each has one of the `callbacks`, if there are any.
        """
        writes = [
            (at, number, replace(one, callback=callback_of(number, callbacks)))
            for number in range(commands)
            for at, one in history(
                KINDS[number % len(KINDS)], f"c-{number}", random.randrange(3_600_000) / 1000
            )
        ]
        before: dict[str, Command] = {}
        sequence = count(1)
        for at, _, one in sorted(writes, key=lambda write: write[:2]):
            self._write(at, next(sequence), before.get(one.id), one)
            before[one.id] = one

    def _write(self, at: float, sequence: int, old: Command | None, new: Command) -> None:
        images = {"NewImage": _image(new)} | ({"OldImage": _image(old)} if old else {})
        keys = {"id": text(new.id)}
        record = {
            "eventName": "MODIFY" if old else "INSERT",
            "dynamodb": {"Keys": keys, "SequenceNumber": f"{sequence:021}", **images},
        }
        self.shards[crc32(new.id.encode()) % SHARDS].append((at, record))
        if new.completed_at:
            moment = round(new.completed_at.timestamp() * 1000)
            self.ended[f"{new.id}/{moment}"] = new.status


def _image(one: Command) -> dict[str, Any]:
    return {"id": text(one.id), **attributes(one, "expiresAt")}


@dataclass
class Services:
    """EventBridge and SQS; at each call a plan may have something happen."""

    plan: Callable[[int], str] = lambda _call: ""
    refused: Callable[[], bool] = lambda: False
    away: tuple[float, float] = (0.0, 0.0)
    now: float = 0.0
    calls: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    # Messages that were sent to a queue, and when.
    queued: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Take entries, but for those that are throttled."""
        self._require()
        answer: dict[str, Any] = self._call(lambda: self._take(Entries))
        return answer

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ARG002, N803
        """The queue of deliveries, which may take a part only."""
        self._require()
        answer: dict[str, Any] = self._call(lambda: self._queue(Entries))
        return answer

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: ARG002, N803
        """The queue of failures."""
        self._call(lambda: self.failures.append(json.loads(MessageBody)["commandId"]))

    def _require(self) -> None:
        start, end = self.away
        if start <= self.now < end:
            raise EndpointConnectionError(endpoint_url="https://aws")

    def _queue(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert 1 <= len(entries) <= 10
        failed = []
        for entry in entries:
            if self.refused():
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.queued.append((self.now, entry))
        return {"Failed": failed}

    def _take(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert 1 <= len(entries) <= 10
        answers: list[dict[str, str]] = []
        for entry in entries:
            if self.refused():
                answers.append({"ErrorCode": "ThrottlingException"})
            else:
                answers.append({"EventId": str(len(self.heard))})
                self.heard.append(json.loads(entry["Detail"]))
        return {"Entries": answers}

    def _call(self, effect: Callable[[], Any]) -> Any:
        self.calls += 1
        event = self.plan(self.calls)
        if event == "die before":
            raise Died
        if event == "throttled":
            error = {"Error": {"Code": "ThrottlingException", "Message": ""}}
            raise ClientError(error, "PutEvents")  # type: ignore[arg-type]
        answer = effect()
        if event == "die after":
            raise Died
        if event == "answer lost":
            raise ReadTimeoutError(endpoint_url="https://events")
        return answer


@dataclass
class Mapping:
    """The event source mapping of the notifier."""

    handler: Callable[[dict[str, Any], object], dict[str, Any]]
    services: Services
    # What Lambda gave up, by command.
    given_up: set[str] = field(default_factory=set)

    def read(self, table: Table) -> None:
        """Deliver what the stream has, shard by shard, each at its own time."""
        for shard in table.shards:
            self.services.now = 0.0
            for batch in self._batches([it for it in shard if _told(it[1])]):
                self._deliver(batch)

    def _batches(
        self, records: Sequence[tuple[float, dict[str, Any]]]
    ) -> Iterator[list[tuple[float, dict[str, Any]]]]:
        place = 0
        while place < len(records):
            self.services.now = max(self.services.now, records[place][0])
            there = [it for it in records[place : place + BATCH] if it[0] <= self.services.now]
            yield there
            place += len(there)

    def _deliver(self, batch: list[tuple[float, dict[str, Any]]]) -> None:
        while batch:
            oldest = self.services.now - LONGEST_WAIT
            self.given_up |= {_id(one) for at, one in batch if at < oldest}
            if not (batch := [it for it in batch if it[0] >= oldest]):
                return
            self.services.now += INVOCATION_SECONDS
            try:
                answer = self.handler({"Records": [one for _, one in batch]}, None)
            except (Exception, Died):  # noqa: BLE001 - a failed invocation, whatever it failed of
                self.services.now += RETRY_SECONDS
                if half := len(batch) // 2:
                    self._deliver(batch[:half])
                    batch = batch[half:]
                continue
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            numbers = [one["dynamodb"]["SequenceNumber"] for _, one in batch]
            assert failed <= set(numbers)
            batch = batch[numbers.index(min(failed)) :] if failed else []
            self.services.now += RETRY_SECONDS if failed else 0.0


def _told(record: dict[str, Any]) -> bool:
    return record["dynamodb"]["NewImage"]["status"]["S"] in TOLD


def _id(record: dict[str, Any]) -> str:
    found: str = record["dynamodb"]["Keys"]["id"]["S"]
    return found


def by_id(heard: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What was heard, repetitions included, by the ending's id."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in heard:
        found[event["id"]].append(event)
    return found
