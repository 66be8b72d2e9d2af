"""A function's batches of stream records, with Lambda's handling of failures.

AWS: "Configuring partial batch response with DynamoDB and Lambda"
(lambda/latest/dg/services-ddb-batchfailurereporting.html) and "Retain discarded records for a
DynamoDB event source in Lambda" (lambda/latest/dg/services-dynamodb-errors.html).
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack_extensions.functions.stream_source_rules import destination
from ministack_extensions.http import Request, header_pairs
from ministack_extensions.sqs.queues import Queue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ministack_extensions.http import Response
    from ministack_extensions.upstream import Emulator

Record = dict[str, Any]
_SHARD = "shardId-00000000000000000000-00000000"
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0
_UNLIMITED = -1


@dataclass(frozen=True)
class _Invocation:
    """What one invocation came to: how many records from the first on are done."""

    done: int
    request_id: str
    status: int
    error: str | None


@dataclass
class Delivery:
    """Delivers records in their order to the function of a mapping; `wanted` are its settings."""

    wanted: Mapping[str, Any]
    emulator: Emulator
    region: str

    async def deliver(self, records: Sequence[Record], attempts: int = 0) -> None:
        """Invoke until all records are done or discarded. What follows in the shard waits."""
        left = list(records)
        while left:
            ended = await self._invoke(left)
            left = left[ended.done :]
            if not left:
                return
            attempts += 1
            left = await self._without_old(left, ended, attempts)
            if not left:
                return
            if self.wanted.get("BisectBatchOnFunctionError") and not ended.done and len(left) > 1:
                # A batch that is cut in two has used no attempt.
                middle = len(left) // 2
                await self.deliver(left[:middle], attempts - 1)
                await self.deliver(left[middle:], attempts - 1)
                return
            most = self.wanted.get("MaximumRetryAttempts", _UNLIMITED)
            if most != _UNLIMITED and attempts > most:
                await self._discard(left, "RetryAttemptsExhausted", ended, attempts)
                return
            await asyncio.sleep(min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempts))

    async def _invoke(self, records: list[Record]) -> _Invocation:
        path = f"/2015-03-31/functions/{self.wanted['FunctionName']}/invocations"
        body = json.dumps({"Records": records, **self._window()}).encode()
        headers = header_pairs({"content-type": "application/json"})
        request = Request("POST", path, headers, body=body)
        answer = await self.emulator.call(self.emulator.signed("lambda", self.region, request))
        request_id = answer.header("x-amzn-requestid") or str(uuid.uuid4())
        error = answer.header("x-amz-function-error")
        failed = error or not answer.ok or not self._has_state(answer)
        done = 0 if failed else self._done(answer, records)
        return _Invocation(done, request_id, answer.status, error)

    def _window(self) -> dict[str, Any]:
        """What an event of a mapping with a tumbling window has beside its records.

        AWS: "Implementing stateful DynamoDB stream processing in Lambda"
        (lambda/latest/dg/services-ddb-windows.html). Nothing is invoked at a window's end here.
        """
        seconds = self.wanted.get("TumblingWindowInSeconds")
        if not seconds:
            return {}
        begin = time.time() // seconds * seconds
        return {
            "window": {"start": _time(begin), "end": _time(begin + seconds)},
            "state": {},
            "shardId": _SHARD,
            "eventSourceARN": self.wanted["EventSourceArn"],
            "isFinalInvokeForWindow": False,
            "isWindowTerminatedEarly": False,
        }

    def _has_state(self, answer: Response) -> bool:
        """Whether a function with a window has returned the state that Lambda asks for."""
        if not self.wanted.get("TumblingWindowInSeconds"):
            return True
        try:
            return isinstance(answer.json().get("state"), dict)
        except (AttributeError, ValueError):
            return False

    def _done(self, answer: Response, records: list[Record]) -> int:
        if "ReportBatchItemFailures" not in (self.wanted.get("FunctionResponseTypes") or []):
            return len(records)
        numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
        try:
            failed = answer.json().get("batchItemFailures") or []
            places = [numbers.index(one["itemIdentifier"]) for one in failed]
        except (KeyError, TypeError, ValueError):
            return 0  # an identifier that Lambda does not understand fails the whole batch
        return min(places, default=len(records))

    async def _without_old(
        self, records: list[Record], ended: _Invocation, attempts: int
    ) -> list[Record]:
        most = self.wanted.get("MaximumRecordAgeInSeconds", _UNLIMITED)
        if most == _UNLIMITED:
            return records
        oldest = time.time() - most
        old = [one for one in records if one["dynamodb"]["ApproximateCreationDateTime"] < oldest]
        if old:
            await self._discard(old, "RecordAgeExceeded", ended, attempts)
        return [one for one in records if one not in old]

    async def _discard(
        self, records: list[Record], condition: str, ended: _Invocation, attempts: int
    ) -> None:
        target = destination(self.wanted)
        if not target:
            return
        first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
        message = {
            "requestContext": {
                "requestId": ended.request_id,
                "functionArn": self.wanted["FunctionName"],
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "responseContext": {
                "statusCode": ended.status,
                "executedVersion": "$LATEST",
                "functionError": ended.error,
            },
            "version": "1.0",
            "timestamp": _time(time.time()),
            "DDBStreamBatchInfo": {
                "shardId": _SHARD,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "approximateArrivalOfFirstRecord": _time(first["ApproximateCreationDateTime"]),
                "approximateArrivalOfLastRecord": _time(last["ApproximateCreationDateTime"]),
                "batchSize": len(records),
                "streamArn": self.wanted["EventSourceArn"],
            },
        }
        await Queue(target, self.emulator).call("SendMessage", MessageBody=json.dumps(message))


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
