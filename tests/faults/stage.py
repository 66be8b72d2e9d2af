"""What every run needs of its account: a queue with its DLQ, tables, a worker."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.prove.assumption import Refuted
from tests.faults.scenarios import Limits

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Sequence

    from scripts.prove.scene import Scene
    from tests.faults.ground import Ground
    from tests.faults.scenarios import Planned

MAX_ATTEMPTS, TTL = 3, "expiresAt"
DRAIN_SECONDS = 180.0
# What SQS says of its queues may be old for so long on AWS; the local stack always knows.
_STEADY_SECONDS = {True: 0.0, False: 60.0}
_COUNTS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


class Queue(NamedTuple):
    """A queue's two names."""

    url: str
    arn: str


def until_stalled(
    scene: Scene,
    done: Callable[[], bool],
    progress: Callable[[], object],
    what: str,
    seconds: float,
) -> bool:
    """Wait until it is done; False where `progress` has stood still for so many seconds.

    A stream is read batch by batch, and each process that dies is followed by one that starts: on a
    busy machine that takes many times as long, and is no contradiction.
    """
    while True:
        before = progress()
        try:
            scene.until(done, what, seconds)
        except Refuted:
            if progress() == before:
                return False
        else:
            return True


@dataclass
class Stage(ABC):
    """What one run needs; everything goes with its scene."""

    ground: Ground
    scene: Scene
    code: bytes
    seed: int
    failure_rate: float
    limits: Limits = field(default_factory=Limits)
    dlq: Queue = field(init=False)
    queue: Queue = field(init=False)
    table: str = field(init=False)
    traces: str = field(init=False)

    def __post_init__(self) -> None:
        """Create everything but what consumes the queue."""
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
    def dead_letter_messages(self) -> Counter[str]:
        """The commands of the dead-letter messages, which stay where they are."""

    def drain(self, seconds: float = DRAIN_SECONDS) -> int:
        """Wait until the queue is empty, and has been for a while; how many messages are left."""
        steady = _STEADY_SECONDS[self.scene.local]
        empty_since: float | None = None

        def empty() -> bool:
            nonlocal empty_since
            now = time.monotonic()
            if self.depth(self.queue):
                empty_since = None
                return False
            empty_since = empty_since or now
            return now - empty_since >= steady

        try:
            self.scene.until(empty, "the queue is empty", seconds + steady)
        except Refuted:
            return self.depth(self.queue)
        return 0

    def depth(self, queue: Queue) -> int:
        """How many messages a queue has, visible or not."""
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=_COUNTS)
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)

    def heal(self) -> None:
        """Repair what makes commands fail, and redrive all dead-letter messages."""
        item = {"id": {"S": "healed"}, "what": {"S": "healed"}}
        self.client("dynamodb").put_item(TableName=self.traces, Item=item)
        before = self.depth(self.dlq)
        # A message that a worker has sent does not know which queue it came from.
        self.client("sqs").start_message_move_task(
            SourceArn=self.dlq.arn, DestinationArn=self.queue.arn
        )
        if before:
            self.scene.ready(lambda: self.depth(self.dlq) < before, "the redrive has begun")

    def client(self, service: str) -> Any:
        """A client with the rights of whoever runs the suite."""
        return self.scene.client(service)

    @property
    def own(self) -> list[str]:
        """What a function of the run may touch: what the run has made, by its names."""
        _, partition, _, region, account, name = self.queue.arn.split(":")
        prefix = name.rpartition("-")[0]
        kinds = ("sqs:{}:{}", "dynamodb:{}:table/{}", "events:{}:event-bus/{}")
        here = f"{region}:{account}"
        return [f"arn:{partition}:{kind.format(here, f'{prefix}-*')}" for kind in kinds]

    def new_queue(self, **attributes: str) -> Queue:
        """A new queue."""
        url = self.scene.queue(fifo=False, **attributes)
        return Queue(url, self.scene.queue_arn(url))

    def _table(self) -> str:
        client, name = self.client("dynamodb"), self.scene.run.name()
        self.scene.temporary.make(
            name,
            lambda: client.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
                Tags=self.scene.listed_tags,
            ),
            lambda: client.delete_table(TableName=name),
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        return name

    def fault_variables(self) -> dict[str, str]:
        """What the handlers of the faulty zip want to know."""
        return {
            "TRACES_TABLE": self.traces,
            "FAULT_SEED": str(self.seed),
            "FAULT_RATE": str(self.failure_rate),
            "FAULT_OUTAGE_UNTIL": "0",
        }
