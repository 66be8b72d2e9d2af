"""A standard queue, spoken to directly: who submits, cancels and delivers is the test."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.usecases.cancel import CancelCommand
from tests.faults.package import record
from tests.faults.stage import MAX_ATTEMPTS, TTL, Stage
from tests.local.aws import Aws

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.scenarios import Planned

_ENTRIES = 10  # what one SendMessageBatch takes
_ALLOWED = {
    "Effect": "Allow",
    "Action": ["sqs:*", "dynamodb:*", "secretsmanager:GetSecretValue"],
    "Resource": "*",
}


@dataclass
class DirectStage(Stage):
    """A queue, a table and a function, created without Terraform's patience."""

    function: str = field(init=False)
    mapping: str = field(init=False, default="")

    def _prepare(self) -> None:
        self.dlq = self.aws.queue()
        limits = self.limits
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": limits.max_receives}
        self.queue = self.aws.queue(
            VisibilityTimeout=str(limits.visibility),
            MessageRetentionPeriod=str(limits.retention),
            RedrivePolicy=json.dumps(redrive),
        )
        self.table = self._table()
        self.function = self._function()

    def send(self, commands: Iterable[Planned]) -> Sequence[Planned]:
        """Submit commands, as the API would."""
        sent = list(commands)
        for start in range(0, len(sent), _ENTRIES):
            self.aws.client("sqs").send_message_batch(
                QueueUrl=self.queue.url,
                Entries=[_entry(one) for one in sent[start : start + _ENTRIES]],
            )
        return sent

    def repeat(self, commands: Iterable[Planned]) -> None:
        """Submit them again."""
        self.send(commands)

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

    def take_table_away(self, seconds: float) -> None:
        """Fail every HTTP attempt of the worker's DynamoDB clients, from now on for so long."""
        variables = self._variables(self.function)
        variables["FAULT_OUTAGE_UNTIL"] = str(time.time() + seconds)
        self.aws.client("lambda").update_function_configuration(
            FunctionName=self.function, Environment={"Variables": variables}
        )

    def deploy(self, code: bytes) -> None:
        """Give the worker another package."""
        self.aws.client("lambda").update_function_code(FunctionName=self.function, ZipFile=code)

    def dead_letter_messages(self) -> Counter[str]:
        """Looking makes them invisible for a second only."""
        sqs, ids = self.aws.client("sqs"), Counter[str]()
        for _ in range(self.depth(self.dlq)):
            answer = sqs.receive_message(
                QueueUrl=self.dlq.url, VisibilityTimeout=1, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", []):
                ids[message["MessageAttributes"]["command_id"]["StringValue"]] += 1
        return ids

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

    def _function(self) -> str:
        name = f"faults-{uuid4().hex[:8]}"
        self.aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="command_api.entrypoints.worker.handler",
            Role=self.aws.role("lambda.amazonaws.com", _ALLOWED),
            Code={"ZipFile": self.code},
            Timeout=self.limits.timeout,
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
            "DEFAULT_COMMAND_TYPE": "work",
            "RETENTION_DAYS": "30",
            "QUEUE_RETENTION_SECONDS": "345600",
            "SECRET_PREFIX": "/faults/",
            "BATCH_CONCURRENCY": "10",
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **self.fault_variables(),
        }


def _entry(command: Planned) -> dict[str, Any]:
    attribute = {"DataType": "String", "StringValue": command.id}
    # An id of a command may have characters that an entry's may not.
    return {
        "Id": uuid4().hex,
        "MessageBody": command.body,
        "MessageAttributes": {"command_id": attribute},
    }
