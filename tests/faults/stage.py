"""What every run needs of the local stack: a queue with its DLQ, tables, a worker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.faults.scenarios import Limits
from tests.live import eventually
from tests.local.aws import Aws

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Sequence

    from scripts.stack.stack import LocalStack
    from tests.faults.scenarios import Planned
    from tests.local.aws import Queue

MAX_ATTEMPTS, TTL = 3, "expiresAt"
DRAIN_SECONDS = 180.0
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class Stage(ABC):
    """What one run needs; everything goes with the stack."""

    stack: LocalStack
    code: bytes
    seed: int
    failure_rate: float
    limits: Limits = field(default_factory=Limits)
    aws: Aws = field(init=False)
    dlq: Queue = field(init=False)
    queue: Queue = field(init=False)
    table: str = field(init=False)
    traces: str = field(init=False)

    def __post_init__(self) -> None:
        """Create everything but what consumes the queue."""
        self.aws = Aws(self.stack)
        self.traces = self._table()
        self._prepare()

    @abstractmethod
    def _prepare(self) -> None:
        """Create the queues, the table and the worker."""

    @abstractmethod
    def send(self, commands: Iterable[Planned]) -> Sequence[Planned]:
        """Submit commands; the same under the ids that they have got."""

    @abstractmethod
    def repeat(self, commands: Iterable[Planned]) -> None:
        """Submit the same commands once more."""

    @abstractmethod
    def cancel(self, command_id: str) -> None:
        """Take a command back."""

    @abstractmethod
    def start(self) -> None:
        """Let the worker consume the queue."""

    @abstractmethod
    def stop(self) -> None:
        """Leave no worker behind."""

    @abstractmethod
    def dead_letter_messages(self) -> Counter[str]:
        """The commands of the dead-letter messages, which stay where they are."""

    def drain(self, seconds: float = DRAIN_SECONDS) -> int:
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
        """Repair what makes commands fail, and redrive all dead-letter messages."""
        item = {"id": {"S": "healed"}, "what": {"S": "healed"}}
        self.aws.client("dynamodb").put_item(TableName=self.traces, Item=item)
        before = self.depth(self.dlq)
        # A message that a worker has sent does not know which queue it came from.
        self.aws.client("sqs").start_message_move_task(
            SourceArn=self.dlq.arn, DestinationArn=self.queue.arn
        )
        if before:
            eventually(lambda: self.depth(self.dlq) < before)

    def _table(self) -> str:
        name = f"faults-{uuid4().hex[:8]}"
        self.aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    def fault_variables(self) -> dict[str, str]:
        """What the handlers of the faulty zip want to know."""
        return {
            "TRACES_TABLE": self.traces,
            "FAULT_SEED": str(self.seed),
            "FAULT_RATE": str(self.failure_rate),
            "FAULT_OUTAGE_UNTIL": "0",
        }
