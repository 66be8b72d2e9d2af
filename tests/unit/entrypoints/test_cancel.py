"""Taking a command back, and the function that API Gateway calls for it."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.decision import Then
from command_api.domain.model import Command, Lease, Status
from command_api.usecases.cancel import CancelCommand
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, command, fail
from tests.builders import FUNCTION_ENVIRONMENT as ENVIRONMENT
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from datetime import datetime
    from types import ModuleType

    from tests.unit.conftest import Bench

MONTH = timedelta(days=30)


@pytest.fixture
def cancel(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.cancel"))


def take_back(
    cancel: ModuleType, store: InMemoryCommands, command_id: str = "c-1", **event: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Cancel a command: the answer, and its body."""
    use_case = CancelCommand(store=store, retention=MONTH, clock=lambda: NOW)
    cancel.__dict__["cancel_command"] = use_case
    answer = cancel.handler({"pathParameters": {"id": command_id}, **event}, None)
    return answer, json.loads(answer["body"])


def holding(*commands: Command) -> InMemoryCommands:
    """A store with these commands."""
    return InMemoryCommands({one.id: one for one in commands})


def test_an_id_outside_the_pattern_never_becomes_a_record(cancel: ModuleType) -> None:
    """404, and the table stays as it is."""
    store = holding()
    answer, body = take_back(cancel, store, "a b;c")
    assert (answer["statusCode"], store.commands) == (404, {})
    assert "1-128 letters" in body["detail"]


def test_a_run_that_waits_in_the_queue_is_cancelled(cancel: ModuleType) -> None:
    """Its schedule has sent it there, and no API has written it down."""
    run, store = "api.nightly:2030-12-24T01:00:00Z", holding()
    answer, _ = take_back(cancel, store, run)
    assert (answer["statusCode"], store.commands[run].status) == (200, Status.CANCELLED)


def test_a_query_is_refused(cancel: ModuleType) -> None:
    """Nobody finds out later that ?dry=1 has cancelled a command."""
    store = holding()
    answer, _ = take_back(cancel, store, queryStringParameters={"dry": "1"})
    assert (answer["statusCode"], store.commands) == (400, {})


def test_a_store_that_is_away_is_a_503_without_details(
    cancel: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """The client learns when to try again; the reason goes to the log, by its type."""
    cancel.__dict__["cancel_command"] = lambda *_, **__: fail(ConnectionError("10.0.0.7 refused"))
    answer = cancel.handler({"pathParameters": {"id": "c-1"}}, None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")
    (line,) = (vars(entry) for entry in caplog.records)
    assert (line["command_id"], line["error_type"]) == ("c-1", "ConnectionError")
    assert "10.0.0.7" not in answer["body"] + str(line)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (command(attempts=3, lease=Lease("t-0", NOW - SECOND)), "FAILED"),
        (command().completed(1, now=NOW, purge_at=LATER), "COMPLETED"),
        (command().failed(FINAL, now=NOW, purge_at=LATER), "FAILED"),
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), "FAILED"),
    ],
)
def test_what_has_ended_is_a_409_with_its_status(
    cancel: ModuleType, known: Command, status: str
) -> None:
    """The record stays as it is, and the client learns what became of the command."""
    store = holding(known)
    answer, body = take_back(cancel, store)
    assert answer["statusCode"] == 409
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert (body["status"], body["commandStatus"]) == (409, status)
    assert store.commands == {"c-1": known}


def test_what_runs_is_asked_to_stop_as_often_as_asked(cancel: ModuleType) -> None:
    """202 until it has ended, with the time of the first request."""
    store = holding(command())
    for _ in range(2):
        answer, body = take_back(cancel, store)
        assert (answer["statusCode"], body["status"]) == (202, "CANCELLING")
        assert body["cancelRequestedAt"] == body["updatedAt"] == "2030-01-02T03:04:05.000Z"
        assert answer["headers"]["retry-after"].isdigit()
    assert store.commands == {"c-1": command().cancelling(now=NOW)}
    store.finish(command().cancelled(now=NOW, purge_at=LATER), "t-1")
    answer, body = take_back(cancel, store)
    assert (answer["statusCode"], body["status"]) == (200, "CANCELLED")


def test_what_its_worker_has_left_is_cancelled_at_once(cancel: ModuleType) -> None:
    """There is nobody to stop; its message ends it, without another attempt."""
    store = holding(command(lease=Lease("t-0", NOW - SECOND)))
    for _ in range(2):
        answer, body = take_back(cancel, store)
        assert (answer["statusCode"], body["status"]) == (200, "CANCELLED")
    assert store.commands["c-1"].status is Status.CANCELLING


def test_a_command_that_ends_in_the_same_moment_is_asked_about_again(cancel: ModuleType) -> None:
    """The answer is about what came of it."""

    class Late(InMemoryCommands):
        def request_cancel(self, known: Command, now: datetime) -> bool:
            self.finish(known.completed(1, now=NOW, purge_at=LATER), "t-1")
            return super().request_cancel(known, now)

    answer, body = take_back(cancel, Late({"c-1": command()}))
    assert (answer["statusCode"], body["commandStatus"]) == (409, "COMPLETED")


@pytest.mark.parametrize(
    ("known", "attempts", "kind"),
    [
        ([], 0, None),
        ([command(Status.PENDING, attempts=0)], 0, "echo"),
        ([command(Status.PENDING, failure=TEMPORARY)], 1, "echo"),
    ],
)
def test_what_does_not_run_is_cancelled_as_often_as_asked(
    cancel: ModuleType, known: list[Command], attempts: int, kind: str | None
) -> None:
    """200 with the cancelled command, and the same answer to a repeated request."""
    store = holding(*known)
    for _ in range(2):
        answer, body = take_back(cancel, store)
        assert answer["statusCode"] == 200
        assert (body["status"], body["attempts"], body["type"]) == ("CANCELLED", attempts, kind)
        assert "error" not in body
        assert "retry-after" not in answer["headers"]
    assert store.commands["c-1"].purge_at == NOW + MONTH


def test_a_record_past_its_time_is_an_unknown_command(cancel: ModuleType) -> None:
    """What waits to be deleted does not keep a new command of that id from being cancelled."""
    store = holding(command().completed({"old": True}, now=NOW, purge_at=NOW - SECOND))
    answer, body = take_back(cancel, store)
    assert (answer["statusCode"], body["status"], body["type"]) == (200, "CANCELLED", None)
    assert store.commands["c-1"].result is None


def test_the_message_of_a_cancelled_command_is_dropped(bench: Bench) -> None:
    """Cancelled while queued: the delivery is acknowledged, and no handler runs."""
    CancelCommand(store=bench.store, retention=MONTH, clock=lambda: NOW)("c-1")
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.seen == []
    assert bench.command.status is Status.CANCELLED


def test_a_command_is_cancelled_between_two_attempts(bench: Bench) -> None:
    """A command that waits for its next attempt gets none."""
    bench.handle(lambda _context: fail(ConnectionError()))
    assert bench.deliver() is Then.RETURN
    assert bench.command.status is Status.PENDING
    CancelCommand(store=bench.store, retention=MONTH, clock=lambda: NOW)("c-1")
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1
