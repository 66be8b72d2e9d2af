"""Failed commands with their messages on a local stack, the worker behind them, and the tool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.cli import ROOT
from tests.builders import FUNCTION_ENVIRONMENT
from tests.live import eventually
from tests.local.aws import Aws
from tests.package import with_handlers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.stack.stack import LocalStack
    from tests.local.aws import Queue

# A lease outlives the function by five seconds; the queue waits a little longer than that.
TIMEOUT, VISIBILITY = 3, 9
_ALLOWED = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}
HIDE = 5
PATIENCE = 60.0
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class FailedCommands:
    """So many commands that have failed; from now on they would succeed."""

    stack: LocalStack
    code: bytes
    messages: int
    fifo: bool = False
    aws: Aws = field(init=False)
    before: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        """Let all of them die."""
        self.aws = Aws(self.stack)
        kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if self.fifo else {}
        self.dlq: Queue = self.aws.queue(**kind)
        # The worker moves what has used up its attempts, not SQS.
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": 100}
        self.queue: Queue = self.aws.queue(
            **kind, VisibilityTimeout=str(VISIBILITY), RedrivePolicy=json.dumps(redrive)
        )
        self.table, self.traces = new_table(self.aws), new_table(self.aws)
        own = {**self._names(), "TRACES_TABLE": self.traces}
        self.mapping = new_worker(self.aws, self.code, self.queue, own)
        self.ids = [f"c-{number:02}" for number in range(self.messages)]
        for number, one in enumerate(self.ids):
            self._submit(one, f"g-{number % 4}")
        eventually(lambda: self.depth(self.dlq) == self.messages, seconds=PATIENCE)
        self.drained()
        self.before = self.runs()
        self.client("dynamodb").put_item(TableName=self.traces, Item={"id": {"S": "healed"}})

    def close(self) -> None:
        """Leave no worker behind."""
        self.client("lambda").delete_event_source_mapping(UUID=self.mapping)

    def client(self, service: str) -> Any:
        """A client as the account's root."""
        return self.aws.client(service)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The tool as a process of its own, which finds the queues by the worker's variables."""
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.dlq", *arguments, "--hide", str(HIDE)],
            cwd=ROOT,
            env={**os.environ, **self.stack.environ, **self._names()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """The tool to its end; what it said to people."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err
        return err

    def depth(self, queue: Queue) -> int:
        """How many messages a queue has, visible or not."""
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=_COUNTS)
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)

    def moved(self) -> int:
        """How many messages have left."""
        return self.messages - self.depth(self.dlq)

    def drained(self) -> None:
        """Wait until the worker has nothing left to do."""
        eventually(lambda: self.depth(self.queue) == 0, seconds=PATIENCE)

    def runs(self) -> Counter[str]:
        """How often the handler ran for each command."""
        traces = self.items(self.traces)
        return Counter(one["command"]["S"] for one in traces if "command" in one)

    def completed(self) -> set[str]:
        """The commands that have come to their good end."""
        items = self.items(self.table)
        return {one["id"]["S"] for one in items if one["status"]["S"] == "COMPLETED"}

    def buried(self) -> set[str]:
        """The commands in the dead-letter queue, once all of them can be seen again."""
        time.sleep(HIDE + 0.5)
        answers = []
        for _ in range(self.messages):
            answers += (
                self.client("sqs")
                .receive_message(
                    QueueUrl=self.dlq.url,
                    MaxNumberOfMessages=10,
                    VisibilityTimeout=2,
                    MessageAttributeNames=["All"],
                )
                .get("Messages", [])
            )
        time.sleep(2.1)
        return {one["MessageAttributes"]["command_id"]["StringValue"] for one in answers}

    def nothing_is_lost_or_doubled(self) -> None:
        """With an empty queue: a command is dead and did not run, or it ran, and once."""
        self.drained()
        completed, ran = self.completed(), self.runs() - self.before
        assert completed | self.buried() == set(self.ids)
        assert ran == Counter(completed)

    def all_is_well(self) -> None:
        """Every command completed by exactly one run; its failure is in its record, once."""
        eventually(lambda: self.completed() == set(self.ids), seconds=PATIENCE)
        self.drained()
        assert self.runs() - self.before == Counter(self.ids)
        for item in self.items(self.table):
            past = [one["M"] for one in item["past"]["L"]]
            [ended] = [one for one in past if one["status"]["S"] == "FAILED"]
            assert (ended["code"]["S"], ended["number"]["N"]) == ("temporary_failure", "3")
        assert self.depth(self.dlq) == 0

    def items(self, table: str) -> list[dict[str, Any]]:
        """All of a table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def _names(self) -> dict[str, str]:
        return {
            "QUEUE_URL": self.queue.url,
            "DLQ_URL": self.dlq.url,
            "TABLE_NAME": self.table,
            "TTL_ATTRIBUTE": "expiresAt",
        }

    def _submit(self, command_id: str, group: str) -> None:
        places = {"MessageGroupId": group, "MessageDeduplicationId": command_id}
        named = {"DataType": "String", "StringValue": command_id}
        self.client("sqs").send_message(
            QueueUrl=self.queue.url,
            MessageBody=json.dumps({"type": "work", "input": {"text": "ü\n\u2028😀"}}),
            MessageAttributes={"command_id": named},
            **(places if self.fifo else {}),
        )


def package() -> bytes:
    """The zip that ships, with handlers that fail until they are healed in the place of ours."""
    return with_handlers(Path(__file__).with_name("healing.py").read_text(encoding="utf-8"))


def new_table(aws: Aws) -> str:
    """A table with the key `id`."""
    name = f"dlq-{uuid4().hex[:8]}"
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def new_worker(aws: Aws, code: bytes, queue: Queue, own: Mapping[str, str]) -> str:
    """The worker with these variables of its own, fed by the queue; the mapping's id."""
    name = f"dlq-{uuid4().hex[:8]}"
    variables = {**FUNCTION_ENVIRONMENT, "DEFAULT_COMMAND_TYPE": "work", **own}
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="command_api.entrypoints.worker.handler",
        Role=aws.role("lambda.amazonaws.com", _ALLOWED),
        Code={"ZipFile": code},
        Timeout=TIMEOUT,
        Environment={"Variables": {k: v for k, v in variables.items() if not k.startswith("AWS_")}},
    )
    mapping: str = aws.client("lambda").create_event_source_mapping(
        EventSourceArn=queue.arn,
        FunctionName=name,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )["UUID"]
    return mapping
