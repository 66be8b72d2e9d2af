"""The status function, as API Gateway calls it."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.model import Command, Lease, Progress, Status
from command_api.usecases.status import ReadStatus
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, command, fail
from tests.builders import FUNCTION_ENVIRONMENT as ENVIRONMENT
from tests.fakes.commands import InMemoryCommands, InMemoryResults

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.status"))


def ask(
    status: ModuleType, *stored: Command, command_id: str = "c-1", **event: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for a command with these commands stored: the answer, and its body."""
    store = InMemoryCommands({one.id: one for one in stored})
    results = InMemoryResults()
    status.__dict__["read_status"] = ReadStatus(store=store, results=results, clock=lambda: NOW)
    answer = status.handler({"pathParameters": {"id": command_id}, **event}, None)
    return answer, json.loads(answer["body"] or "{}")


@pytest.mark.parametrize("command_id", ["a b;c", "ü", "x" * 129, "a/b", "c-1\n", ".", "..", "%2E"])
def test_an_id_outside_the_pattern_is_404_without_a_look(
    status: ModuleType, command_id: str
) -> None:
    """No command can have such an id, so nothing is read, and the answer says what ids are."""
    status.__dict__["read_status"] = lambda *_, **__: fail(AssertionError())
    answer = status.handler({"pathParameters": {"id": command_id}}, None)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert "retry-after" not in answer["headers"]
    assert "1-128 letters" in json.loads(answer["body"])["detail"]


@pytest.mark.parametrize("wait", ["-1", "soon", "", "1.5", "1,2", "٣", "99999", None])
def test_a_wrong_query_is_a_400_that_shows_a_right_one(
    status: ModuleType, wait: str | None
) -> None:
    """A misspelt wait must not look like one that was granted."""
    query = {"wiat": "5"} if wait is None else {"wait": wait}
    answer, body = ask(status, command(), queryStringParameters=query)
    assert (answer["statusCode"], body["status"]) == (400, 400)
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert "?wait=10" in body["detail"]


def test_an_unknown_command_is_a_problem_document(status: ModuleType) -> None:
    """404 says that the command may still be queued, and when to ask again."""
    answer, body = ask(status)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["retry-after"] == "1"
    assert body == {
        "type": "urn:problem-type:command-api:command_not_found",
        "title": "Not Found",
        "status": 404,
        "code": "command_not_found",
        "detail": "The command does not exist or is still queued.",
    }


def test_an_expired_command_is_unknown(status: ModuleType) -> None:
    """A record that waits to be deleted is not shown."""
    answer, _ = ask(status, command().completed(1, now=NOW, purge_at=NOW - SECOND))
    assert answer["statusCode"] == 404


def test_a_store_that_is_away_is_a_503_without_details(
    status: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """The client learns when to try again; the reason goes to the log, by its type."""
    status.__dict__["read_status"] = lambda *_, **__: fail(ConnectionError("10.0.0.7 refused"))
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


def test_a_progress_is_shown(status: ModuleType) -> None:
    """It is a change, so the time of the last one moves with it."""
    _, body = ask(status, command(progress=Progress(0.4, "4 of 10", LATER)))
    at = "2030-01-02T03:14:05.000Z"
    assert body["progress"] == {"share": 0.4, "note": "4 of 10", "at": at}
    assert body["updatedAt"] == at


def test_the_history_is_shown_where_it_is_asked_for(status: ModuleType) -> None:
    """The changes of the status; anything but 1 is no question that is answered."""
    done = command().completed(1, now=LATER, purge_at=LATER + SECOND)
    _, body = ask(status, done)
    assert "history" not in body
    _, body = ask(status, done, queryStringParameters={"history": "1", "wait": "0"})
    first, ended = "2030-01-02T03:04:05.000Z", "2030-01-02T03:14:05.000Z"
    assert body["history"] == [
        {"status": "PENDING", "at": first},
        {"status": "PROCESSING", "at": first, "attempt": 1},
        {"status": "COMPLETED", "at": ended, "attempt": 1, "seconds": 600.0},
    ]
    answer, body = ask(status, done, queryStringParameters={"history": "yes"})
    assert answer["statusCode"] == 400
    assert "?history=1" in body["detail"]


def test_a_lost_worker_is_shown_as_a_failure(status: ModuleType) -> None:
    """A command whose worker died on the last attempt does not look busy for ever."""
    _, body = ask(status, command(attempts=3, lease=Lease("t-0", NOW - SECOND)))
    assert (body["status"], body["error"]["code"]) == ("FAILED", "worker_lost")


def test_a_client_that_knows_the_version_gets_304(status: ModuleType) -> None:
    """A poller pays for a body only when something has changed, and still learns when to return."""
    first, _ = ask(status, command())
    etag = first["headers"]["etag"]
    assert etag.startswith('W/"')
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        answer, body = ask(status, command(), headers={"if-none-match": known})
        assert (answer["statusCode"], answer["body"], body) == (304, "", {})
        assert answer["headers"]["etag"] == etag
        assert answer["headers"]["retry-after"].isdigit()


@pytest.mark.parametrize(
    "changed",
    [
        command(Status.PENDING),
        command(attempts=2),
        command(updated_at=LATER),
        command(progress=Progress(0.4, "", LATER)),
        command(attempts=3, lease=Lease("t-0", NOW - SECOND)),
    ],
)
def test_every_change_is_a_new_version(status: ModuleType, changed: Command) -> None:
    """Status, attempt and time make the version, also where only the clock has moved on."""
    first, _ = ask(status, command())
    etag = first["headers"]["etag"]
    answer, _ = ask(status, changed, headers={"if-none-match": etag})
    assert answer["statusCode"] == 200
    assert answer["headers"]["etag"] != etag


@pytest.mark.parametrize(
    ("known", "kept"),
    [
        (None, "no-store"),
        (command(), "private, no-cache"),
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), "private, no-cache"),
        (command().failed(FINAL, now=NOW, purge_at=LATER), "private, max-age=60"),
        (command().completed(1, now=NOW, purge_at=LATER), "private, max-age=60"),
    ],
)
def test_only_what_is_final_may_be_kept(
    status: ModuleType, known: Command | None, kept: str
) -> None:
    """What can still change is asked for again; a redrive can revive a retryable failure."""
    answer, _ = ask(status, *([known] if known else []))
    assert answer["headers"]["cache-control"] == kept


def test_a_large_result_is_a_url_that_nobody_keeps(status: ModuleType) -> None:
    """The command is final but its URL ages, so a known version is no reason not to answer."""
    large = command().completed(None, now=NOW, purge_at=LATER).with_result_apart("k/t.json")
    answer, body = ask(status, large, headers={"if-none-match": "*"})
    assert answer["statusCode"] == 200
    assert body["resultUrl"] == "memory:k/t.json"
    assert "result" not in body
    assert answer["headers"]["cache-control"] == "no-store"
    assert "etag" not in answer["headers"]
