"""DynamoDB streams as event sources of functions.

AWS: "Process Amazon DynamoDB records with Lambda" (lambda/latest/dg/with-ddb.html). The emulator's
own poller loses what a function reports as failed, and repeats a batch that raises for ever. So the
emulator keeps each such mapping disabled, and the stream is read here, by its public API. One batch
of a stream is under way at a time, whatever ParallelizationFactor says.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.functions.event_filters import delivered, patterns
from ministack_extensions.functions.stream_delivery import Delivery, Record
from ministack_extensions.functions.stream_source_rules import (
    invalid_setting,
    invalid_stream_source,
)
from ministack_extensions.http import json_response
from ministack_extensions.service_roles import ServiceRoles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.extension import Extension
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_POLL_SECONDS = 0.1
_BATCH_SIZE = 100


@dataclass
class _Source:
    """One mapping at work."""

    wanted: dict[str, Any]
    emulator: Emulator
    region: str
    enabled: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def enable(self, wanted: Mapping[str, Any]) -> None:
        """Follow a call: on when it is created, otherwise as before where it says nothing."""
        if wanted.get("Enabled", self.enabled.is_set() or self.task is None):
            self.enabled.set()
        else:
            self.enabled.clear()

    async def run(self) -> None:
        """Read the stream and deliver batch after batch, until the mapping is deleted."""
        arn = self.wanted["EventSourceArn"]
        described = await self._streams("DescribeStream", StreamArn=arn)
        shard = described["StreamDescription"]["Shards"][-1]["ShardId"]
        position = self.wanted["StartingPosition"]
        iterator = (
            await self._streams(
                "GetShardIterator", StreamArn=arn, ShardId=shard, ShardIteratorType=position
            )
        )["ShardIterator"]
        while True:
            await self.enabled.wait()
            batch, iterator = await self._batch(iterator)
            if batch:
                await Delivery(self.wanted, self.emulator, self.region).deliver(batch)
            else:
                await asyncio.sleep(_POLL_SECONDS)

    async def _batch(self, iterator: str) -> tuple[list[Record], str]:
        """Records that the function wants: at most a batch, gathered for the batching window."""
        size = self.wanted.get("BatchSize") or _BATCH_SIZE
        window = self.wanted.get("MaximumBatchingWindowInSeconds") or 0
        wanted, arn = patterns(self.wanted), self.wanted["EventSourceArn"]
        batch: list[Record] = []
        end = 0.0
        while True:
            answer = await self._streams(
                "GetRecords", ShardIterator=iterator, Limit=size - len(batch)
            )
            iterator = answer.get("NextShardIterator") or iterator
            records = [_as_event(one, arn) for one in answer.get("Records", [])]
            batch += [one for one in records if delivered(one, wanted)]
            if records and not end:
                end = time.monotonic() + window
            if len(batch) >= size or time.monotonic() >= end:
                return batch, iterator
            await asyncio.sleep(_POLL_SECONDS)

    async def _streams(self, operation: str, **parameters: object) -> dict[str, Any]:
        target = f"DynamoDBStreams_20120810.{operation}"
        answer = await self.emulator.json_api("dynamodb", self.region, target, parameters)
        return answer.json()


@dataclass
class StreamSources:
    """Takes mappings of DynamoDB streams away from the emulator's poller."""

    inner: Extension
    _sources: dict[str, _Source] = field(default_factory=dict)
    _roles: ServiceRoles = field(default_factory=lambda: ServiceRoles("lambda.amazonaws.com"))

    def matches(self, request: Request) -> bool:
        """Every call on event source mappings."""
        return self.inner.matches(request)

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer to the call; mappings of streams are shown as they are here."""
        identity = request.path.rpartition("/")[2]
        wanted = request.json()
        if request.method == "POST" and ":dynamodb:" in str(wanted.get("EventSourceArn", "")):
            response = await self._create(request, wanted, emulator)
        elif request.method == "PUT" and identity in self._sources:
            response = await self._update(request, wanted, self._sources[identity], emulator)
        else:
            response = await self.inner.handle(request, emulator)
            if request.method == "DELETE" and response.ok and identity in self._sources:
                task = self._sources.pop(identity).task
                if task:
                    task.cancel()
        return self._shown(response)

    async def _create(
        self, request: Request, wanted: dict[str, Any], emulator: Emulator
    ) -> Response:
        if problem := await invalid_stream_source(wanted, self._roles, emulator):
            return _refused(problem)
        stored = {"BatchSize": _BATCH_SIZE, **wanted, "Enabled": False}
        response = await self.inner.handle(
            replace(request, body=json.dumps(stored).encode()), emulator
        )
        created = response.json()
        if response.ok:
            arn = created["FunctionArn"]
            settings = {**wanted, "FunctionName": arn}
            source = _Source(settings, emulator, arn.split(":")[3])
            source.enable(wanted)
            source.task = asyncio.create_task(source.run())
            self._sources[created["UUID"]] = source
        return response

    async def _update(
        self, request: Request, wanted: dict[str, Any], source: _Source, emulator: Emulator
    ) -> Response:
        if problem := invalid_setting(wanted):
            return _refused(problem)
        stored = {**wanted, "Enabled": False}
        response = await self.inner.handle(
            replace(request, body=json.dumps(stored).encode()), emulator
        )
        if response.ok:
            function = response.json()["FunctionArn"]
            source.wanted = {**source.wanted, **wanted, "FunctionName": function}
            source.enable(wanted)
        return response

    def _shown(self, response: Response) -> Response:
        document = response.json()
        for mapping in document.get("EventSourceMappings", [document]):
            source = self._sources.get(mapping.get("UUID", ""))
            if source and source.enabled.is_set():
                mapping["State"] = "Enabled"
        return replace(response, body=json.dumps(document).encode()) if response.ok else response


def _as_event(record: Record, arn: str) -> Record:
    """A record as functions get it: the streams API spells who deleted it in other letters."""
    event = {**record, "eventSourceARN": arn}
    if by := record.get("userIdentity"):
        event["userIdentity"] = {"type": by["Type"], "principalId": by["PrincipalId"]}
    return event


def _refused(problem: str) -> Response:
    error = {"Type": "User", "Message": problem}
    return json_response(400, error).with_header(
        "x-amzn-errortype", "InvalidParameterValueException"
    )
