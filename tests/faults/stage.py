"""A queue with its dead letters, a table and the worker's own zip, on the local stack."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.usecases.cancel import CancelCommand
from tests.faults.package import record
from tests.live import eventually
from tests.local.aws import Aws

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scripts.local.stack import LocalStack
    from tests.faults.scenarios import Planned
    from tests.local.aws import Queue

# A lease outlives the function by five seconds; the queue waits a little longer than that.
TIMEOUT, VISIBILITY, MAX_RECEIVES, MAX_ATTEMPTS, TTL = 3, 9, 3, 3, "expiresAt"
_ALLOWED = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class Stage:
    """What one run needs; everything goes with the stack."""

    stack: LocalStack
    code: bytes
    seed: int
    failure_rate: float
    aws: Aws = field(init=False)
    dlq: Queue = field(init=False)
    queue: Queue = field(init=False)
    table: str = field(init=False)
    traces: str = field(init=False)
    function: str = field(init=False)
    mapping: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Create everything but the mapping."""
        self.aws = Aws(self.stack)
        self.dlq = self.aws.queue()
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": MAX_RECEIVES}
        self.queue = self.aws.queue(
            VisibilityTimeout=str(VISIBILITY), RedrivePolicy=json.dumps(redrive)
        )
        self.table, self.traces = self._table(), self._table()
        self.function = self._function()

    def send(self, commands: Iterable[Planned]) -> None:
        """Submit commands, as the API would."""
        for command in commands:
            attribute = {"DataType": "String", "StringValue": command.id}
            self.aws.client("sqs").send_message(
                QueueUrl=self.queue.url,
                MessageBody=command.body,
                MessageAttributes={"command_id": attribute},
            )

    def cancel(self, command_id: str) -> None:
        """Take a command back, as the API would."""
        store = DynamoDBCommands(self.aws.client("dynamodb"), self.table, TTL)
        _, done = CancelCommand(store=store, retention=timedelta(days=30))(command_id)
        assert done

    def start(self) -> None:
        """Let the worker consume the queue."""
        self.mapping = self.aws.client("lambda").create_event_source_mapping(
            EventSourceArn=self.queue.arn,
            FunctionName=self.function,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 2},
        )["UUID"]

    def stop(self) -> None:
        """Leave no worker behind."""
        self.aws.client("lambda").delete_event_source_mapping(UUID=self.mapping)
        self.aws.client("lambda").delete_function(FunctionName=self.function)

    def deliver_to_two_workers(self) -> None:
        """Hand one batch after the other to two workers at once, and do the mapping's duty."""
        sqs = self.aws.client("sqs")
        while messages := self._receive():
            event = json.dumps({"Records": [record(message) for message in messages]})
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(self._invoke, [event, event]))
            returned = [
                {one["itemIdentifier"] for one in answer["batchItemFailures"]} for answer in answers
            ]
            for message in messages:
                # What either of the two has finished is deleted.
                if not all(message["MessageId"] in ids for ids in returned):
                    sqs.delete_message(
                        QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"]
                    )

    def drain(self, seconds: float) -> int:
        """Wait until the queue is empty; how many messages are left."""
        try:
            eventually(lambda: self.depth(self.queue) == 0, seconds=seconds)
        except AssertionError:
            return self.depth(self.queue)
        return 0

    def depth(self, queue: Queue) -> int:
        """How many messages a queue has, visible or not."""
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=queue.url, AttributeNames=_COUNTS
        )
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)

    def heal(self) -> None:
        """Repair what makes commands fail, and redrive all dead letters."""
        item = {"id": {"S": "healed"}, "what": {"S": "healed"}}
        self.aws.client("dynamodb").put_item(TableName=self.traces, Item=item)
        before = self.depth(self.dlq)
        self.aws.client("sqs").start_message_move_task(SourceArn=self.dlq.arn)
        if before:
            eventually(lambda: self.depth(self.dlq) < before)

    def _receive(self) -> list[dict[str, Any]]:
        answer = self.aws.client("sqs").receive_message(
            QueueUrl=self.queue.url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        received: list[dict[str, Any]] = answer.get("Messages", [])
        return received

    def _invoke(self, event: str) -> Any:
        # The emulator runs one invocation per client connection: each worker gets its own.
        answer = Aws(self.stack).client("lambda").invoke(FunctionName=self.function, Payload=event)
        return json.loads(answer["Payload"].read())

    def _table(self) -> str:
        name = f"faults-{uuid4().hex[:8]}"
        self.aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    def _function(self) -> str:
        name = f"faults-{uuid4().hex[:8]}"
        self.aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="command_api.entrypoints.worker.handler",
            Role=self.aws.role("lambda.amazonaws.com", _ALLOWED),
            Code={"ZipFile": self.code},
            Timeout=TIMEOUT,
            Environment={"Variables": self._variables(name)},
        )
        return name

    def _variables(self, name: str) -> dict[str, str]:
        return {
            "TABLE_NAME": self.table,
            "TTL_ATTRIBUTE": TTL,
            "QUEUE_URL": self.queue.url,
            "DLQ_URL": self.dlq.url,
            "MAX_ATTEMPTS": str(MAX_ATTEMPTS),
            "MAX_RECEIVES": str(MAX_RECEIVES),
            "DEFAULT_COMMAND_TYPE": "work",
            "RETENTION_DAYS": "30",
            "SECRET_PREFIX": "/faults/",
            "BATCH_CONCURRENCY": "10",
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "TRACES_TABLE": self.traces,
            "FAULT_SEED": str(self.seed),
            "FAULT_RATE": str(self.failure_rate),
        }
