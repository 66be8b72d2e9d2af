"""Records that are too old for another try."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ministack_extensions.functions.stream_delivery import Delivery
from ministack_extensions.http import Request, Response

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator

DLQ = "arn:aws:sqs:us-east-1:000000000000:given-up"


@dataclass
class Failing:
    """An emulator whose function fails so often, and then succeeds."""

    failures: int
    host: str = "127.0.0.1"
    seen: list[list[str]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def signed(self, _service: str, _region: str, request: Request) -> Request:
        """The request as it is."""
        return request

    async def call(self, request: Request) -> Response:
        """An invocation."""
        records = request.json()["Records"]
        self.seen.append([one["dynamodb"]["SequenceNumber"] for one in records])
        failed = len(self.seen) <= self.failures
        return Response(200, (("x-amz-function-error", "Unhandled"),) if failed else ())

    async def json_api(
        self, _service: str, _region: str, _target: str, document: dict[str, Any]
    ) -> Response:
        """A message to the queue."""
        self.sent.append(json.loads(document["MessageBody"]))
        return Response(200, body=b"{}")


def record(number: int, *, age: float) -> dict[str, Any]:
    """A record of a write so many seconds ago."""
    written = time.time() - age
    return {
        "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": written},
    }


def test_only_what_is_too_old_is_given_up() -> None:
    """What is younger is tried until it succeeds: there is no limit of retries."""
    emulator = Failing(failures=2)
    wanted = {
        "FunctionName": "it",
        "EventSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now",
        "MaximumRecordAgeInSeconds": 60,
        "DestinationConfig": {"OnFailure": {"Destination": DLQ}},
    }
    delivery = Delivery(wanted, cast("Emulator", emulator), "us-east-1")
    records = [record(1, age=90), record(2, age=0), record(3, age=0)]

    asyncio.run(delivery.deliver(records))

    assert emulator.seen == [["1", "2", "3"], ["2", "3"], ["2", "3"]]
    [lost] = emulator.sent
    assert lost["requestContext"]["condition"] == "RecordAgeExceeded"
    assert lost["DDBStreamBatchInfo"]["startSequenceNumber"] == "1"
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 1
