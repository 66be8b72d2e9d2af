"""The worker function, as Lambda calls it."""

from __future__ import annotations

import importlib
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.usecases.process import Outcome

if TYPE_CHECKING:
    from command_api.domain.message import Message

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": "commands",
    "TTL_ATTRIBUTE": "expiresAt",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/work",
    "DEFAULT_COMMAND_TYPE": "echo",
    "MAX_ATTEMPTS": "3",
    "RETENTION_DAYS": "30",
    "SECRET_PREFIX": "/dev/acme/",
    "POWERTOOLS_SERVICE_NAME": "acme-dev-worker",
}


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.worker"))


def record(message_id: str, **changes: Any) -> dict[str, Any]:
    """A record of an SQS event."""
    return {
        "messageId": message_id,
        "receiptHandle": f"r-{message_id}",
        "body": "{}",
        "attributes": {"SentTimestamp": "1700000000123"},
        "messageAttributes": {"command_id": {"stringValue": "c-1", "dataType": "String"}},
        **changes,
    }


def test_one_bad_message_does_not_take_its_neighbours_along(
    worker: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in the middle of a batch returns that message and no other."""

    def process(message: Message, **_: object) -> Outcome:
        if message.message_id == "m-2":
            raise ConnectionError("the table is away: input was 4111")
        return Outcome.RETURN if message.message_id == "m-3" else Outcome.ACKNOWLEDGE

    monkeypatch.setattr(worker, "process", process)
    event = {"Records": [record(f"m-{n}") for n in (1, 2, 3, 4)]}
    answer = worker.handler(event, CONTEXT)
    failures = [item["itemIdentifier"] for item in answer["batchItemFailures"]]
    assert failures == ["m-2", "m-3"]
    (line,) = (vars(entry) for entry in caplog.records)
    assert (line["message_id"], line["error_type"]) == ("m-2", "ConnectionError")
    assert "4111" not in str(line)


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
