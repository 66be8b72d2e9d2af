"""SQS as strict as on AWS, at a hundred thousand messages, with a clock of its own."""

# ruff: noqa: N803 - the names are those of the boto3 calls
from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.dlq.deployed import DeployedQueues

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# What SQS hides at once, and what a move task moves in a second.
MOST_HIDDEN, MOVED_PER_SECOND = 120_000, 500
SECONDS_PER_CALL = 0.03


def body(number: int) -> str:
    """Every other one is meant by a redrive of `echo`."""
    return json.dumps({"type": "echo" if number % 2 else "demo", "number": number})


@dataclass
class QueuedMessages:
    """The messages of one queue: those to be received, and until when the others are hidden."""

    bodies: dict[str, str] = field(default_factory=dict)
    visible: deque[str] = field(default_factory=deque)
    hidden: dict[str, float] = field(default_factory=dict)
    times_hidden: Counter[str] = field(default_factory=Counter)
    # Nothing is looked for before the first of them comes back.
    first_back: float = float("inf")

    def put(self, name: str, body: str) -> None:
        """One message more."""
        self.bodies[name] = body
        self.visible.append(name)

    def come_back(self, now: float) -> None:
        """Show what was hidden until now."""
        if now < self.first_back:
            return
        back = [name for name, until in self.hidden.items() if until <= now]
        for name in back:
            del self.hidden[name]
        self.visible.extend(back)
        self.first_back = min(self.hidden.values(), default=float("inf"))


class StrictSqs:
    """The client: each call counts and takes time; `watch` may end the process at one of them."""

    def __init__(self) -> None:
        self.queues = {"work": QueuedMessages(), "work-dlq": QueuedMessages()}
        self.calls: Counter[str] = Counter()
        self.now = 0.0
        self.seconds_per_call = SECONDS_PER_CALL
        self.watch: Callable[[Callable[[], Any]], Any] = lambda call: call()
        self._ids = itertools.count()
        self._task: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """One of the operations below, counted."""
        operation = getattr(type(self), f"do_{name}")

        def call(**arguments: Any) -> Any:
            with self._lock:
                self.calls[name] += 1
                self.sleep(self.seconds_per_call)
                return self.watch(lambda: operation(self, **arguments))

        return call

    def sleep(self, seconds: float) -> None:
        """Time passes, and with it what SQS does by itself."""
        self.now += seconds
        for queue in self.queues.values():
            queue.come_back(self.now)
        self._move()

    def fill(self, number: int, body: Callable[[int], str]) -> None:
        """So many dead-letter messages."""
        for place in range(number):
            self.queues["work-dlq"].put(f"m-{place}", body(place))

    def bodies(self, *names: str) -> set[str]:
        """What lies in these queues, visible or not."""
        return {body for name in names for body in self.queues[name].bodies.values()}

    def do_get_queue_attributes(self, QueueUrl: str, **_: Any) -> Any:
        queue = self._at(QueueUrl)
        return {
            "Attributes": {
                "QueueArn": f"arn:aws:sqs:eu-west-1:1:{QueueUrl.rpartition('/')[2]}",
                "ApproximateNumberOfMessages": str(len(queue.visible)),
                "ApproximateNumberOfMessagesNotVisible": str(len(queue.hidden)),
            }
        }

    def do_receive_message(
        self,
        QueueUrl: str,
        MaxNumberOfMessages: int,
        VisibilityTimeout: int,
        WaitTimeSeconds: int,
        **_: Any,
    ) -> Any:
        queue = self._at(QueueUrl)
        number = min(MaxNumberOfMessages, len(queue.visible), MOST_HIDDEN - len(queue.hidden))
        if not number:
            self.sleep(WaitTimeSeconds)
        names = [queue.visible.popleft() for _ in range(number)]
        until = self.now + VisibilityTimeout
        queue.first_back = min(queue.first_back, until)
        for name in names:
            queue.hidden[name] = until
            queue.times_hidden[name] += 1
        return {"Messages": [_received(name, queue.bodies[name]) for name in names]}

    def do_send_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> Any:
        assert 1 <= len(Entries) <= 10
        for one in Entries:
            self._at(QueueUrl).put(f"s-{next(self._ids)}", one["MessageBody"])
        return {}

    def do_delete_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> Any:
        assert 1 <= len(Entries) <= 10
        queue = self._at(QueueUrl)
        for one in Entries:
            name = one["ReceiptHandle"]
            queue.bodies.pop(name, None)
            if queue.hidden.pop(name, None) is None and name in queue.visible:
                queue.visible.remove(name)
        return {}

    def do_change_message_visibility_batch(
        self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]
    ) -> Any:
        assert 1 <= len(Entries) <= 10
        queue = self._at(QueueUrl)
        for one in Entries:
            assert one["VisibilityTimeout"] == 0, "a pass hides nothing again"
            if queue.hidden.pop(one["ReceiptHandle"], None) is not None:
                queue.visible.append(one["ReceiptHandle"])
        return {}

    def do_start_message_move_task(self, **_: Any) -> Any:
        self._task = {"Status": "RUNNING", "StartedTimestamp": 1, "TaskHandle": "t"}
        self._task |= {"ApproximateNumberOfMessagesMoved": 0, "since": self.now}
        return {"TaskHandle": "t"}

    def do_cancel_message_move_task(self, TaskHandle: str) -> Any:
        assert TaskHandle == "t"
        self._task["Status"] = "CANCELLED"
        return {}

    def do_list_message_move_tasks(self, **_: Any) -> Any:
        return {"Results": [dict(self._task)] if self._task else []}

    def _at(self, url: str) -> QueuedMessages:
        return self.queues[url.rpartition("/")[2]]

    def _move(self) -> None:
        if self._task.get("Status") != "RUNNING":
            return
        source, target = self.queues["work-dlq"], self.queues["work"]
        due = int((self.now - self._task["since"]) * MOVED_PER_SECOND)
        for _ in range(due - self._task["ApproximateNumberOfMessagesMoved"]):
            if not source.visible:
                self._task["Status"] = "COMPLETED"
                return
            name = source.visible.popleft()
            target.put(name, source.bodies.pop(name))
            self._task["ApproximateNumberOfMessagesMoved"] += 1


class RealTimeSqs(StrictSqs):
    """The same with real time: each call takes `seconds`, or what `slow` says of its operation.

    Each call is one byte more in the file `calls`, for a test in another process to wait for.
    """

    def __init__(self, calls: Path, slow: Mapping[str, float], seconds: float = 0.01) -> None:
        super().__init__()
        self._file, self._slow, self._seconds = calls, slow, seconds
        self._began = time.monotonic()
        self._waiting = threading.local()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """One of the operations, which takes effect half way."""
        operation = getattr(type(self), f"do_{name}")

        def call(**arguments: Any) -> Any:
            self._waiting.seconds = 0.0
            self.calls[name] += 1
            with self._file.open("ab") as file:
                file.write(b".")
            time.sleep(self._slow.get(name, self._seconds) / 2)
            with self._lock:
                self.time_passes()
                answer = operation(self, **arguments)
            time.sleep(self._slow.get(name, self._seconds) / 2 + self._waiting.seconds)
            return answer

        return call

    def sleep(self, seconds: float) -> None:
        """Wait after the answer is known, where nobody is kept from other calls."""
        self._waiting.seconds = seconds

    def time_passes(self) -> None:
        """What SQS does by itself."""
        super().sleep(time.monotonic() - self._began - self.now)

    def state(self) -> dict[str, Any]:
        """By queue, the bodies and how many of them are hidden."""
        with self._lock:
            self.time_passes()
            return {
                name: {"bodies": [*one.bodies.values()], "hidden": len(one.hidden)}
                for name, one in self.queues.items()
            }


class NoRecords:
    """A table that knows none of the commands."""

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> Any:
        """Nothing."""
        assert all(len(one["Keys"]) <= 100 for one in RequestItems.values())
        return {"Responses": {}}


def aimed(sqs: StrictSqs, flags: str) -> DeployedQueues:
    """An environment with these queues; `flags` name it on a command line."""
    return DeployedQueues(
        sqs,  # type: ignore[arg-type]
        NoRecords(),  # type: ignore[arg-type]
        "https://sqs/1/work",
        "https://sqs/1/work-dlq",
        "commands",
        "gone_at",
        flags,
    )


def _received(name: str, body: str) -> dict[str, Any]:
    system = {"SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1"}
    return {"MessageId": name, "ReceiptHandle": name, "Body": body, "Attributes": system}
