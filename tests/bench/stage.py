"""One worker on the local stack, behind a real queue and its event source mapping."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.errors import OperatorError
from tests.bench.instrument_log import Throttled, notes, read_notes
from tests.bench.workers import INSTRUMENT, environment, measured, zipped
from tests.local.aws import Aws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.stack.stack import LocalStack
    from tests.bench.instrument_log import Note
    from tests.bench.workers import Worker

TIMEOUT = 60
_POLL_SECONDS = 0.1
_STALLED_SECONDS = 30.0
_PREFIX = "command-"
_ENTRIES = 10  # what one SendMessageBatch takes
_ALLOWED = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}


@dataclass(frozen=True)
class Load:
    """How much work waits, and how it is taken."""

    messages: int = 500
    seconds: float = 0.05
    batch_size: int = 10
    concurrency: int = 2


THROTTLED = Load(messages=200)
REFUSED = 0.1


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
        return notes(self._emptied(worker, load, self.table(), {}), load.messages)

    def run_throttled(self, worker: Worker, load: Load = THROTTLED) -> Throttled:
        """The same, while a share of DynamoDB's HTTP attempts is refused."""
        table, dlq = self.table(), self.aws.queue()
        variables = {"BENCH_REFUSED": str(REFUSED), "DLQ_URL": dlq.url}
        found = read_notes(self._emptied(worker, load, table, variables))
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        # Powertools keeps records of its own in the same table.
        ends = [row["status"]["S"] for page in pages for row in page["Items"] if _of_command(row)]
        lost = load.messages - ends.count("COMPLETED") + self.aws.depth(dlq)
        return Throttled(sum(note.seconds for note in found), lost)

    def _emptied(
        self, worker: Worker, load: Load, table: str, variables: Mapping[str, str]
    ) -> list[str]:
        """Fill a queue, let the worker empty it, and return its log."""
        queue = self.aws.queue(VisibilityTimeout=str(6 * TIMEOUT))
        self._fill(queue.url, load)
        function = self._function(
            worker, {**environment(table, queue.url), "BENCH_HANDLER": worker.handler, **variables}
        )
        mapping = self.aws.client("lambda").create_event_source_mapping(
            EventSourceArn=queue.arn,
            FunctionName=function,
            BatchSize=load.batch_size,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": load.concurrency},
        )
        try:
            self._drain(queue.url)
            return self._log(f"/aws/lambda/{function}")
        finally:
            self.aws.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
            self.aws.client("lambda").delete_function(FunctionName=function)

    def table(self, *index: str) -> str:
        """A new table with the key that all workers use, and an index on these attributes."""
        name = f"bench-{uuid4().hex[:8]}"
        settings: dict[str, Any] = {}
        if index:
            only_keys = {"ProjectionType": "KEYS_ONLY"}
            found = {"IndexName": index[0], "KeySchema": _keys(*index), "Projection": only_keys}
            settings["GlobalSecondaryIndexes"] = [found]
        self.aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=_keys("id"),
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for key in ("id", *index)
            ],
            BillingMode="PAY_PER_REQUEST",
            **settings,
        )
        return name

    def _function(self, worker: Worker, variables: Mapping[str, str]) -> str:
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
            Environment={"Variables": variables},
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


def _keys(*names: str) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, kinds, strict=False)
    ]


def _of_command(row: Mapping[str, Any]) -> bool:
    return str(row["id"]["S"]).startswith(_PREFIX)


def _entry(number: int, body: str) -> dict[str, Any]:
    command_id = {"DataType": "String", "StringValue": f"{_PREFIX}{number}"}
    return {
        "Id": str(number),
        "MessageBody": body,
        "MessageAttributes": {"command_id": command_id},
    }
