"""One worker on the local stack, behind a real queue and its event source mapping."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.errors import OperatorError
from tests.bench.instrument_log import notes
from tests.bench.workers import INSTRUMENT, environment, measured, zipped
from tests.local.aws import Aws

if TYPE_CHECKING:
    from scripts.local.stack import LocalStack
    from tests.bench.instrument_log import Note
    from tests.bench.workers import Worker

TIMEOUT = 60
_POLL_SECONDS = 0.1
_STALLED_SECONDS = 30.0
_ENTRIES = 10  # what one SendMessageBatch takes
_ALLOWED = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}


@dataclass(frozen=True)
class Load:
    """How much work waits, and how it is taken."""

    messages: int = 500
    seconds: float = 0.05
    batch_size: int = 10
    concurrency: int = 2


@dataclass
class Stage:
    """Makes what a run needs in the stack; everything goes with the stack."""

    stack: LocalStack
    aws: Aws = field(init=False)
    _zips: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Connect."""
        self.aws = Aws(self.stack)

    def run(self, worker: Worker, load: Load) -> list[Note]:
        """Fill a queue, let the worker empty it, and return what its invocations noted."""
        table, queue = self.table(), self.aws.queue(VisibilityTimeout=str(6 * TIMEOUT))
        self._fill(queue.url, load)
        function = self._function(worker, table, queue.url)
        mapping = self.aws.client("lambda").create_event_source_mapping(
            EventSourceArn=queue.arn,
            FunctionName=function,
            BatchSize=load.batch_size,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": load.concurrency},
        )
        try:
            self._drain(queue.url)
            lines = self._log(f"/aws/lambda/{function}")
        finally:
            self.aws.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
            self.aws.client("lambda").delete_function(FunctionName=function)
        return notes(lines, load.messages)

    def table(self) -> str:
        """A new table with the key that all workers use."""
        name = f"bench-{uuid4().hex[:8]}"
        self.aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    def _function(self, worker: Worker, table: str, queue_url: str) -> str:
        if worker.name not in self._zips:
            self._zips[worker.name] = zipped(measured(worker))
        name = f"bench-{uuid4().hex[:8]}"
        self.aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler=INSTRUMENT,
            Role=self.aws.role("lambda.amazonaws.com", _ALLOWED),
            Code={"ZipFile": self._zips[worker.name]},
            Timeout=TIMEOUT,
            Environment={
                "Variables": {**environment(table, queue_url), "BENCH_HANDLER": worker.handler}
            },
        )
        return name

    def _fill(self, queue_url: str, load: Load) -> None:
        body = json.dumps({"type": "work", "input": {"seconds": load.seconds}})
        for start in range(0, load.messages, _ENTRIES):
            numbers = range(start, min(start + _ENTRIES, load.messages))
            self.aws.client("sqs").send_message_batch(
                QueueUrl=queue_url, Entries=[_entry(number, body) for number in numbers]
            )

    def _drain(self, queue_url: str) -> None:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        seen, deadline = -1, 0.0
        while True:
            answer = self.aws.client("sqs").get_queue_attributes(
                QueueUrl=queue_url, AttributeNames=names
            )
            left = sum(int(answer["Attributes"][name]) for name in names)
            if not left:
                return
            if left != seen:
                seen, deadline = left, time.monotonic() + _STALLED_SECONDS
            if time.monotonic() > deadline:
                end = " | ".join(self.stack.last_log_lines())
                raise OperatorError(f"a worker left {left} messages; the emulator said: {end}")
            time.sleep(_POLL_SECONDS)

    def _log(self, group: str) -> list[str]:
        pages = self.aws.client("logs").get_paginator("filter_log_events")
        return [
            event["message"]
            for page in pages.paginate(logGroupName=group, filterPattern='"BENCH "')
            for event in page["events"]
        ]


def _entry(number: int, body: str) -> dict[str, Any]:
    command_id = {"DataType": "String", "StringValue": f"command-{number}"}
    return {
        "Id": str(number),
        "MessageBody": body,
        "MessageAttributes": {"command_id": command_id},
    }
