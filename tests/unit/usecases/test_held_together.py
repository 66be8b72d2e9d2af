"""Messages that came before their time wait together: ten copies cost like one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.sqs.queue import SQSQueue
from command_api.domain.errors import Unavailable
from command_api.domain.model import Status
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from tests.builders import NOW, message
from tests.fakes.commands import InMemoryQueue

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

DEADLINE = NOW + timedelta(seconds=30)


def fired(number: int, seconds: float = 90, **own: Any) -> Message:
    """What a schedule has sent so many seconds early."""
    at = (NOW + timedelta(seconds=seconds)).isoformat()
    body = json.dumps({"type": "echo", "input": {}, "notBefore": at})
    named: dict[str, Any] = {
        "command_id": f"c-{number}",
        "message_id": f"m-{number}",
        "receipt_handle": f"r-{number}",
        "copy_of": f"o-{number}",
        **own,
    }
    return message(body, **named)


def process(bench: Bench, messages: list[Message], **own: Any) -> list[Message]:
    """One invocation; those that come back."""
    runtime = replace(bench.runtime, **own)
    pause = Pause(types=bench.paused, runtime=runtime, seconds=240)
    batch = ProcessBatch(process=ProcessMessage(runtime), pause=pause, concurrency=10)
    return batch(messages, deadline=DEADLINE)


@dataclass
class Counting:
    """SQS that counts requests and takes everything, but for what it is told to refuse."""

    requests: Counter[str] = field(default_factory=Counter)
    refused: set[int] = field(default_factory=set)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> Any:  # noqa: N803, ARG002
        """SendMessageBatch."""
        self.requests["SendMessageBatch"] += 1
        self.sent += [one for one in Entries if int(one["Id"]) not in self.refused]
        failed = [one["Id"] for one in Entries if int(one["Id"]) in self.refused]
        return {"Failed": [{"Id": one, "Code": "No", "SenderFault": True} for one in failed]}

    def __getattr__(self, name: str) -> Any:
        """Any other call."""

        def call(**_: Any) -> None:
            self.requests[name] += 1

        return call


class Refusing(InMemoryQueue):
    """One that refuses some copies, however they are sent."""

    def copy(self, message: Message, seconds: float) -> None:
        """SendMessage."""
        if message.message_id in self.not_copied:
            raise Unavailable
        super().copy(message, seconds)


def test_ten_held_messages_take_one_request(bench: Bench) -> None:
    """A message is a tenth of one; none is deleted by itself, and nothing is read or written."""
    bench.handle(lambda _: None)
    client = Counting()
    queue = SQSQueue(lambda: client, "https://sqs/work", "https://sqs/dead")
    assert process(bench, [fired(n, 30 + n) for n in range(10)], queue=queue) == []
    assert client.requests == {"SendMessageBatch": 1}
    assert [one["DelaySeconds"] for one in client.sent] == [30 + n for n in range(10)]
    copies = [one["MessageAttributes"]["copy_of"]["StringValue"] for one in client.sent]
    assert [one.split()[0] for one in copies] == [f"o-{n}" for n in range(10)]
    assert not bench.store.commands
    assert not bench.seen


def test_one_that_the_queue_refuses_is_tried_alone(bench: Bench) -> None:
    """And comes back where that fails, too; the others wait."""
    bench.handle(lambda _: None)
    client = Counting(refused={1})
    queue = SQSQueue(lambda: client, "https://sqs/work", "https://sqs/dead")
    assert process(bench, [fired(n) for n in range(3)], queue=queue) == []
    assert client.requests == {"SendMessageBatch": 1, "send_message": 1}


def test_what_cannot_be_copied_comes_back(bench: Bench) -> None:
    """Each by itself, as if it had come alone."""
    bench.handle(lambda _: None)
    queue = Refusing(not_copied={"m-1", "m-2"})
    given = [fired(n) for n in range(3)]
    assert process(bench, given, queue=queue) == given[1:]
    assert set(queue.delays) == {"r-1", "r-2"}
    assert [one.message_id for one, _ in queue.copied] == ["m-0"]
    assert not bench.seen


def test_others_run_and_those_that_wait_do_not_wait_for_them(bench: Bench) -> None:
    """A handler may take minutes; the copies are in the queue before it begins."""
    copied: list[int] = []

    def work(_: Context) -> None:
        copied.append(len(bench.queue.copied))

    bench.handle(work)
    due = message(command_id="c-due", message_id="m-due", receipt_handle="r-due")
    assert process(bench, [due, fired(1), fired(2)]) == []
    assert copied == [2]
    assert bench.queue.copy_calls == 1
    assert (bench.store.commands["c-due"].status, len(bench.seen)) == (Status.COMPLETED, 1)


def test_new_commands_are_written_down_first(bench: Bench) -> None:
    """With direct submission nobody else has done it; a long wait deletes the message at once."""
    bench.handle(lambda _: None)
    body = json.dumps({"type": "echo", "input": {}, "delaySeconds": 600})
    given = [
        message(body, command_id=f"c-{n}", message_id=f"m-{n}", receipt_handle=f"r-{n}")
        for n in range(2)
    ]
    assert process(bench, given) == []
    assert {one.status for one in bench.store.commands.values()} == {Status.PENDING}
    assert (bench.queue.copy_calls, bench.queue.deleted) == (1, ["r-0", "r-1"])


def test_what_was_cancelled_meanwhile_is_not_copied(bench: Bench) -> None:
    """Its message is dropped."""
    bench.handle(lambda _: None)
    body = json.dumps({"type": "echo", "input": {}, "delaySeconds": 600})
    given = [
        message(body, command_id=f"c-{n}", message_id=f"m-{n}", receipt_handle=f"r-{n}")
        for n in range(2)
    ]
    process(bench, given)
    first = bench.store.commands["c-0"]
    bench.store.commands["c-0"] = first.cancelled(now=NOW, purge_at=DEADLINE)
    again = [replace(one, receipt_handle=f"again-{one.receipt_handle}") for one in given]
    assert process(bench, again) == []
    assert [one.message_id for one, _ in bench.queue.copied] == ["m-0", "m-1", "m-1"]


def test_what_is_paused_expired_or_no_command_is_none_of_these(bench: Bench) -> None:
    """Each has an end of its own."""
    bench.handle(lambda _: None)
    at = (NOW + timedelta(seconds=90)).isoformat()
    late = json.dumps({"type": "echo", "notBefore": at, "expiresAt": NOW.isoformat()})
    given = [
        message('{"notBefore": 7}', command_id="c-1", message_id="m-1", receipt_handle="r-1"),
        message("notBefore", command_id="c-2", message_id="m-2", receipt_handle="r-2"),
        message(late, command_id="c-3", message_id="m-3", receipt_handle="r-3"),
    ]
    assert process(bench, given) == []
    assert bench.queue.copy_calls == 0
    codes = {one.failure.code for one in bench.store.commands.values() if one.failure}
    assert codes == {"invalid_time", "malformed_body"}
    bench.paused = {"echo"}
    assert process(bench, [fired(4), fired(5)]) == []
    assert bench.queue.copy_calls == 0
    assert [seconds for _, seconds in bench.queue.copied] == [240, 240]


@pytest.mark.parametrize("number", [0, 1])
def test_one_alone_is_copied_as_ever(bench: Bench, number: int) -> None:
    """There is nothing to put together."""
    bench.handle(lambda _: None)
    assert process(bench, [fired(n) for n in range(number)]) == []
    assert (bench.queue.copy_calls, len(bench.queue.copied)) == (0, number)
