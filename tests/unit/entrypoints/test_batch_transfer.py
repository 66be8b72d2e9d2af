"""The batch transfer function: messages in, what is left of them out."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.batches import Batch
from command_api.domain.errors import Unavailable
from command_api.domain.model import Failure, Submission
from tests.builders import FUNCTION_ENVIRONMENT, NOW

if TYPE_CHECKING:
    from types import ModuleType

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
BATCH = Batch(id="key-1", total=0, created_at=NOW, work="w", purge_at=NOW, owner="ann")


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function with its environment's variables."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.batch_transfer"))


class Queue:
    """What was put into it, and what is to come back when."""

    def __init__(self) -> None:
        self.put_, self.delayed = [], []  # type: ignore[var-annotated]

    def put(self, batch_id: str, wait: timedelta) -> None:
        """Note a batch."""
        self.put_.append((batch_id, wait))

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Note a message."""
        self.delayed.append((receipt_handle, seconds))


def record(name: str, receives: int = 1) -> dict[str, Any]:
    """A message that names a batch."""
    return {
        "messageId": f"m-{name}",
        "receiptHandle": f"r-{name}",
        "body": json.dumps({"batchId": name}),
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


def test_what_is_left_is_put_into_the_queue(function: ModuleType) -> None:
    """With its wait; what is done is not, and what fails comes back later and later."""
    waits = {"more": timedelta(0), "later": timedelta(seconds=10), "done": None}

    def transfer(batch_id: str, **_: object) -> timedelta | None:
        if batch_id not in waits:
            raise Unavailable("DynamoDB")
        return waits[batch_id]

    queue = Queue()
    function.__dict__.update(transfer=transfer, queue=queue)
    records = [*map(record, waits), record("away"), record("still-away", receives=40)]
    answer = function.handler({"Records": records}, CONTEXT)
    assert queue.put_ == [("more", timedelta(0)), ("later", timedelta(seconds=10))]
    assert queue.delayed == [("r-away", 10), ("r-still-away", 300)]
    failed = [{"itemIdentifier": f"m-{name}"} for name in ("away", "still-away")]
    assert answer == {"batchItemFailures": failed}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "The line is empty."),
        (b" \t", "The line is empty."),
        (b"{", "The line is not valid JSON."),
        (b"\xff{}", "The line is not valid JSON."),
        (b"[]", "must be an object"),
        (b'{"type": "nobody"}', "#/type: unknown command type"),
        (b'{"type": "echo", "secret": "hunter2"}', "#/secret: unknown field"),
        (b'{"input": {"n": "hunter2"}, "delaySeconds": -1}', "#/delaySeconds"),
    ],
)
def test_a_line_that_is_no_command_says_why(function: ModuleType, line: bytes, said: str) -> None:
    """In its message, which quotes nothing of it."""
    found = function.transfer.read_line(line, BATCH, 7, NOW)
    assert isinstance(found, Failure)
    assert (found.code, found.retryable) == ("invalid_line", False)
    assert said in found.message
    assert "hunter2" not in found.message


def test_the_pointer_names_the_field(function: ModuleType) -> None:
    """From the line's own beginning."""
    line = b'{"type": "process_order", "input": {}}'
    found = function.transfer.read_line(line, BATCH, 7, NOW)
    assert "#/input/quantity: is required" in found.message


def test_a_line_is_a_command_of_its_batch(function: ModuleType) -> None:
    """And of whoever has submitted that; its number is in its id."""
    found = function.transfer.read_line(b'{"input": {"n": 1}}', BATCH, 7, NOW)
    assert isinstance(found, Submission)
    assert (found.id, found.owner, found.batch) == ("key-1.7", "ann", "key-1")
    assert (found.type, found.input) == ("echo", {"n": 1})
