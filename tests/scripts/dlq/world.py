"""A queue, its dead-letter queue and a table in moto; and a client that does what a test wants."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.sqs.models import sqs_backends

from command_api.adapters.dynamodb.item import attributes
from command_api.domain.model import Failure, Status
from command_api.domain.work import fingerprint
from tests.builders import command

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = timedelta(hours=1)
SECRET_INPUT = "card-4111"


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error, after checking that it is one and quotes no input."""
        assert self.code == 1, self
        [line] = [one for one in self.err.splitlines() if one.startswith("error: ")]
        assert "Traceback" not in self.err
        assert SECRET_INPUT not in self.err + self.out
        return line


def refusal(code: str, operation: str, message: str = "") -> ClientError:
    """AWS's answer to a call that it refuses."""
    return ClientError({"Error": {"Code": code, "Message": message or code}}, operation)


class Client:
    """A client whose next answers a test can script, by operation.

    A step is an error to raise, or a function of the real call and its arguments.
    """

    def __init__(self, real: Any) -> None:
        self.real = real
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.steps: dict[str, list[Any]] = defaultdict(list)
        self.watch: Callable[[Callable[[], Any]], Any] = lambda call: call()

    def __getattr__(self, name: str) -> Any:
        """Any operation."""

        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            real = getattr(self.real, name, None)
            if self.steps[name]:
                step = self.steps[name].pop(0)
                if isinstance(step, BaseException):
                    raise step
                return step(real, arguments)
            return self.watch(lambda: real(**arguments))  # type: ignore[misc]

        return call

    def names(self) -> list[str]:
        """The operations that were called, in their order."""
        return [name for name, _ in self.calls]


@dataclass
class World:
    """What a test sets up and looks at; nothing here is received, so nothing gets hidden."""

    sqs: Client
    dynamodb: Client
    queue_url: str
    dlq_url: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @classmethod
    def create(cls, sqs: Client, dynamodb: Client, *, fifo: bool) -> World:
        """Empty queues, an empty table."""
        ending, kind = (".fifo", {"FifoQueue": "true"}) if fifo else ("", {})
        dlq = sqs.real.create_queue(QueueName=f"work-dlq{ending}", Attributes=kind)["QueueUrl"]
        arn = sqs.real.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 3}
        url = sqs.real.create_queue(
            QueueName=f"work{ending}", Attributes={**kind, "RedrivePolicy": json.dumps(redrive)}
        )["QueueUrl"]
        dynamodb.real.create_table(
            TableName="commands",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return cls(sqs, dynamodb, url, dlq)

    def dead_letter(self, command_id: str | None, *, ago: timedelta = HOUR, **options: Any) -> str:
        """Put a message into the dead-letter queue; its message id.

        Options: `kind`, `body`, `more` attributes, `group`, `trace`.
        """
        default = json.dumps({"type": options.get("kind", "echo"), "input": {"n": SECRET_INPUT}})
        named = {"command_id": text(command_id)} if command_id else {}
        group, trace = options.get("group"), options.get("trace")
        places = {"MessageGroupId": group, "MessageDeduplicationId": command_id} if group else {}
        sent = self.sqs.real.send_message(
            QueueUrl=self.dlq_url,
            MessageBody=options.get("body", default),
            MessageAttributes={**named, **options.get("more", {})},
            **places,
            **({"MessageSystemAttributes": {"AWSTraceHeader": text(trace)}} if trace else {}),
        )["MessageId"]
        stored = self.messages(self.dlq_url)[-1]
        stored.sent_timestamp = int((self.now - ago).timestamp() * 1000)
        return str(sent)

    def record(
        self, command_id: str, status: Status = Status.FAILED, ago: timedelta = HOUR, **more: Any
    ) -> None:
        """Store a command; `code` and `retryable` say how it failed."""
        failed = Failure(
            code=more.pop("code", "demo_failed"),
            message="Try again.",
            retryable=more.pop("retryable", True),
        )
        more = {"failure": failed, "attempts": 3, **more} if status is Status.FAILED else more
        work = fingerprint(more.get("type", "echo"), {"n": SECRET_INPUT})
        more = {"work": work, **more}
        stored = command(status, id=command_id, updated_at=self.now - ago, **more)
        item = {"id": {"S": command_id}, **attributes(stored, "gone_at")}
        self.dynamodb.real.put_item(TableName="commands", Item=item)

    def both(self, *ids: str, **more: Any) -> None:
        """A failed command with its message, for each of these ids."""
        for one in ids:
            self.record(one)
            self.dead_letter(one, **more)

    def item(self, command_id: str) -> dict[str, Any]:
        """What the table holds."""
        found = self.dynamodb.real.get_item(TableName="commands", Key={"id": {"S": command_id}})
        item: dict[str, Any] = found["Item"]
        return item

    def messages(self, url: str) -> list[Any]:
        """What a queue holds, hidden or not."""
        [backend] = [one for one in sqs_backends["123456789012"].values() if one.queues]
        return list(backend.queues[url.rpartition("/")[2]]._messages)

    def ids(self, url: str) -> list[str]:
        """The commands of these messages."""
        stored = [one.message_attributes for one in self.messages(url)]
        return [one.get("command_id", {}).get("StringValue", "") for one in stored]

    def dead(self) -> list[str]:
        """The commands in the dead-letter queue."""
        return self.ids(self.dlq_url)

    def sent(self) -> list[str]:
        """The commands in the queue."""
        return self.ids(self.queue_url)

    def all_visible(self) -> bool:
        """Whether every message can be received now."""
        return all(one.visible_at < self.later() for one in self.messages(self.dlq_url))

    def later(self) -> float:
        """A few milliseconds from now, since what becomes visible does so from now on."""
        return (datetime.now(UTC).timestamp() + 1) * 1000

    def time_passes(self) -> None:
        """All that is hidden comes back."""
        for one in self.messages(self.dlq_url):
            one.visible_at = 0.0


def text(value: str) -> dict[str, str]:
    """A message attribute."""
    return {"DataType": "String", "StringValue": value}
