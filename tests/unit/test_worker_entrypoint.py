"""The worker function, as Lambda calls it."""

from __future__ import annotations

import importlib
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.builders import FUNCTION_ENVIRONMENT

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.worker"))


def record(message_id: str, **changes: Any) -> dict[str, Any]:
    """A record of an SQS event."""
    return {
        "messageId": message_id,
        "receiptHandle": f"r-{message_id}",
        "body": "{}",
        "attributes": {"SentTimestamp": "1700000000123", "ApproximateReceiveCount": "2"},
        "messageAttributes": {"command_id": {"stringValue": "c-1", "dataType": "String"}},
        **changes,
    }


def test_what_must_come_back_is_named(worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names exactly the messages that the batch gives back."""
    monkeypatch.setattr(worker, "process", lambda messages, **_: messages[1:3])
    event = {"Records": [record(f"m-{n}") for n in (1, 2, 3, 4)]}
    answer = worker.handler(event, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-2"}, {"itemIdentifier": "m-3"}]}


def test_a_message_knows_its_receives_copies_and_group(worker: ModuleType) -> None:
    """What the queue says of a delivery arrives at the use case."""
    changed = record("m-1")
    changed["attributes"]["MessageGroupId"] = "orders"
    sent = int(changed["attributes"]["SentTimestamp"])
    copied = {"stringValue": f"2 {sent - 60_000} {sent}", "dataType": "String"}
    changed["messageAttributes"]["renewal"] = copied
    message = worker._message(changed)
    assert (message.receives, message.rescues, message.group) == (2, 2, "orders")


def test_a_record_without_attributes_is_still_a_message(worker: ModuleType) -> None:
    """A message put into the queue by hand has no command id."""
    message = worker._message(record("m-1", messageAttributes={}))
    assert (message.command_id, message.key) == (None, "m-1")


def test_a_message_knows_when_it_was_sent(worker: ModuleType) -> None:
    """The time that SQS took the message in is when the command was submitted."""
    assert worker._message(record("m-1")).sent_at.isoformat() == "2023-11-14T22:13:20.123000+00:00"


@pytest.mark.parametrize("name", ["TABLE_NAME", "QUEUE_URL", "SECRET_PREFIX"])
def test_a_missing_setting_is_named(
    worker: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A function deployed without a variable says which one, at its cold start."""
    monkeypatch.delenv(name)
    with pytest.raises(Exception, match=name):
        importlib.reload(worker)
