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
from scripts.prove.lambdas import function_role, mapped, packaged, settled
from tests.faults.package import record
from tests.faults.stage import MAX_ATTEMPTS, TTL, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.scenarios import Planned

_ENTRIES = 10  # what one SendMessageBatch takes
_ALLOWED = ["sqs:*", "dynamodb:*"]
# How long a message is invisible after a look at the dead-letter queue, unless it is put back.
_LOOK_SECONDS = 60


@dataclass
class DirectStage(Stage):
    """A queue, a table and a function, created without Terraform's patience."""

    function: str = field(init=False)

    def _prepare(self) -> None:
        self.dlq = self.new_queue()
        limits = self.limits
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": limits.max_receives}
        self.queue = self.new_queue(
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
            answer = self.client("sqs").send_message_batch(
                QueueUrl=self.queue.url,
                Entries=[_entry(one) for one in sent[start : start + _ENTRIES]],
            )
            assert not answer.get("Failed"), answer["Failed"]
        return sent

    def repeat(self, commands: Iterable[Planned]) -> None:
        """Submit them again."""
        self.send(commands)

    def cancel(self, command_id: str) -> None:
        """Take a command back, as the API would."""
        store = DynamoDBCommands(self.client("dynamodb"), self.table, TTL)
        _, done = CancelCommand(store=store, retention=timedelta(days=30))(command_id)
        assert done

    def start(self) -> None:
        """Let the worker consume the queue."""
        mapped(
            self.scene,
            EventSourceArn=self.queue.arn,
            FunctionName=self.function,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 2},
        )

    def take_table_away(self, seconds: float) -> None:
        """Fail every HTTP attempt of the worker's DynamoDB clients, from now on for so long."""
        variables = self._variables()
        variables["FAULT_OUTAGE_UNTIL"] = str(time.time() + seconds)
        self.client("lambda").update_function_configuration(
            FunctionName=self.function, Environment={"Variables": variables}
        )
        settled(self.scene, self.function)

    def deploy(self, code: bytes) -> None:
        """Give the worker another package."""
        self.client("lambda").update_function_code(FunctionName=self.function, ZipFile=code)
        settled(self.scene, self.function)

    def dead_letter_messages(self) -> Counter[str]:
        """All are received, until none is left to see, and made visible again."""
        seen: dict[str, dict[str, Any]] = {}
        while taken := self.scene.received(self.dlq.url, VisibilityTimeout=_LOOK_SECONDS):
            seen |= {message["MessageId"]: message for message in taken}
        for message in seen.values():
            self.client("sqs").change_message_visibility(
                QueueUrl=self.dlq.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        attributes = [one["MessageAttributes"] for one in seen.values()]
        return Counter(one["command_id"]["StringValue"] for one in attributes)

    def deliver_to_two_workers(self) -> None:
        """Hand one batch after the other to two workers at once, and do the mapping's duty."""
        sqs = self.client("sqs")
        while messages := self.scene.received(self.queue.url):
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

    def _invoke(self, event: str) -> Any:
        # The emulator runs one invocation per client connection: each worker gets its own.
        own = self.scene.target.client("lambda")
        answer = own.invoke(FunctionName=self.function, Payload=event)
        return json.loads(answer["Payload"].read())

    def _allow_more(self, role: str) -> None:
        """What else a worker's role may, where a test asks for more."""

    def _function(self) -> str:
        role_name, role = function_role(self.scene, _ALLOWED, self.own)
        self._allow_more(role_name)
        name, _ = packaged(
            self.scene,
            role,
            self.code,
            "command_api.entrypoints.worker.handler",
            timeout_seconds=self.limits.timeout,
            variables=self._variables(),
        )
        return name

    def _variables(self) -> dict[str, str]:
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
            "POWERTOOLS_SERVICE_NAME": "faults",
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
