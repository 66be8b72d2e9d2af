"""The status function, as API Gateway calls it."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.memory import InMemoryCommands
from command_api.domain.model import Command, Lease, Status
from command_api.usecases.status import ReadStatus
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, fail
from tests.unit.test_worker_entrypoint import ENVIRONMENT

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.status"))


def ask(status: ModuleType, *stored: Command) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for c-1 with these commands stored: the answer, and its body."""
    store = InMemoryCommands({one.id: one for one in stored})
    status.__dict__["read_status"] = ReadStatus(store=store, clock=lambda: NOW)
    answer = status.handler({"pathParameters": {"id": "c-1"}}, None)
    return answer, json.loads(answer["body"])


def test_an_unknown_command_is_a_problem_document(status: ModuleType) -> None:
    """404 says that the command may still be queued, and when to ask again."""
    answer, body = ask(status)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["retry-after"] == "1"
    assert body == {
        "title": "Not Found",
        "status": 404,
        "detail": "The command is unknown or still queued.",
    }


def test_an_expired_command_is_unknown(status: ModuleType) -> None:
    """A record that waits to be deleted is not shown."""
    answer, _ = ask(status, command().completed(1, now=NOW, purge_at=NOW - SECOND))
    assert answer["statusCode"] == 404


def test_a_store_that_is_away_is_a_503_without_details(
    status: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """The client learns when to try again; the reason goes to the log, by its type."""
    status.__dict__["read_status"] = lambda _id: fail(ConnectionError("10.0.0.7 refused"))
    answer = status.handler({"pathParameters": {"id": "c-1"}}, None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"] == "2"
    (line,) = (vars(entry) for entry in caplog.records)
    assert (line["command_id"], line["error_type"]) == ("c-1", "ConnectionError")
    assert "10.0.0.7" not in answer["body"] + str(line)


def test_a_running_command_says_when_to_ask_again(status: ModuleType) -> None:
    """While a command is not terminal the answer carries Retry-After and no result."""
    answer, body = ask(status, command())
    assert answer["headers"]["retry-after"].isdigit()
    assert body == {
        "id": "c-1",
        "type": "echo",
        "status": "PROCESSING",
        "attempts": 1,
        "createdAt": "2030-01-02T03:04:05.000Z",
        "updatedAt": "2030-01-02T03:04:05.000Z",
    }


def test_a_completed_command_carries_its_result(status: ModuleType) -> None:
    """A terminal answer has the result and no Retry-After."""
    answer, body = ask(status, command().completed({"ok": "ü"}, now=LATER, purge_at=LATER))
    assert "retry-after" not in answer["headers"]
    assert (body["status"], body["result"]) == ("COMPLETED", {"ok": "ü"})


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (command(Status.PENDING, failure=TEMPORARY), "PENDING"),
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), "FAILED"),
    ],
)
def test_a_failure_is_shown(status: ModuleType, known: Command, shown: str) -> None:
    """The client sees why the last attempt failed, also while it waits for the next one."""
    _, body = ask(status, known)
    assert body["status"] == shown
    assert body["error"] == {
        "code": "temporary_failure",
        "message": "Try again.",
        "retryable": True,
    }


def test_a_lost_worker_is_shown_as_a_failure(status: ModuleType) -> None:
    """A command whose worker died on the last attempt does not look busy for ever."""
    _, body = ask(status, command(attempts=3, lease=Lease("t-0", NOW - SECOND)))
    assert (body["status"], body["error"]["code"]) == ("FAILED", "worker_lost")
