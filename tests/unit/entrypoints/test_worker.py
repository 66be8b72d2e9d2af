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


def test_inputs_and_results_are_checked_by_their_own_schemas(worker: ModuleType) -> None:
    """Both that the worker was given read files beside the handlers."""
    runtime = worker.process.process.runtime
    endings = [check.__self__.ending for check in (runtime.check, runtime.check_result)]
    assert endings == [".schema.json", ".result.schema.json"]


@pytest.mark.parametrize("name", ["TABLE_NAME", "QUEUE_URL", "SECRET_PREFIX"])
def test_a_missing_setting_is_named(
    worker: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A function deployed without a variable says which one, at its cold start."""
    monkeypatch.delenv(name)
    with pytest.raises(Exception, match=name):
        importlib.reload(worker)
