"""Reports on a command that was handed over, as API Gateway brings them."""

from __future__ import annotations

import importlib
import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.errors import DoesNotFit
from command_api.domain.hand_over import HandOver, confirmed, digest_of
from command_api.domain.model import Status
from command_api.domain.violations import Violation
from command_api.usecases.hand_over import TakeReport
from tests.builders import FUNCTION_ENVIRONMENT as ENVIRONMENT
from tests.builders import NOW, SECOND, command, fail
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from types import ModuleType

TOKEN = "a-token-of-43-characters-that-nobody-guesses"
BEARER = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it, with a command that was handed over."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.outcome"))
    given = HandOver("t-1", digest_of("c-1", TOKEN), timedelta(minutes=10), attempts=3)
    store = InMemoryCommands({"c-1": confirmed(command(), given, now=NOW)})
    module.__dict__["take_report"] = TakeReport(
        store=store,
        retention=timedelta(days=30),
        logger=logging.getLogger("outcome"),
        clock=lambda: NOW,
    )
    return module


def stored(module: ModuleType) -> Any:
    """The command as it is stored."""
    return module.take_report.store.commands["c-1"]


def report(
    module: ModuleType, body: object, command_id: str = "c-1", **headers: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Report: the answer, and its body."""
    sent = {**BEARER, **headers}
    event = {
        "routeKey": "POST /commands/{id}/outcome",
        "pathParameters": {"id": command_id},
        "headers": {name: value for name, value in sent.items() if value},
        "body": body if isinstance(body, str) else json.dumps(body),
    }
    answer = module.handler(event, None)
    return answer, json.loads(answer["body"])


def test_a_progress_is_answered_with_the_new_deadline(outcome: ModuleType) -> None:
    """And with a status that may ask to stop."""
    progress = {"progress": {"share": 0.4, "note": "400 of 1,000"}}
    answer, body = report(outcome, progress)
    deadline = {"at": "2030-01-02T03:04:05.000Z", "deadline": "2030-01-02T03:14:05.000Z"}
    assert body == {"id": "c-1", "status": "PROCESSING", "handedOver": deadline}
    assert answer["headers"]["cache-control"] == "no-store"
    assert stored(outcome).progress.share == 0.4
    outcome.take_report.store.request_cancel(stored(outcome), NOW + SECOND)
    assert report(outcome, progress)[1]["status"] == "CANCELLING"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "COMPLETED", "result": {"rows": 7}}, Status.COMPLETED),
        ({"status": "COMPLETED"}, Status.COMPLETED),
        ({"status": "CANCELLED"}, Status.CANCELLED),
        ({"status": "FAILED", "error": {"code": "no", "message": "No."}}, Status.FAILED),
        (
            {"status": "FAILED", "error": {"code": "no", "message": "", "retryable": False}},
            Status.FAILED,
        ),
    ],
)
def test_an_outcome_may_be_sent_again(
    outcome: ModuleType, body: dict[str, object], status: Status
) -> None:
    """The answer is the same; another outcome is a conflict."""
    answers = [report(outcome, body) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0][1] == {"id": "c-1", "status": status}
    assert stored(outcome).status is status
    answer, problem = report(outcome, {"status": "COMPLETED", "result": "other"})
    assert (answer["statusCode"], problem["code"]) == (409, "hand_over_ended")
    assert problem["detail"] == "The outcome was reported before."


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"authorization": ""}, None),
        ({"authorization": TOKEN}, None),
        ({"authorization": f"Basic {TOKEN}"}, None),
        ({"authorization": "Bearer " + "ü" * 43}, None),
        ({"authorization": "Bearer " + "x" * 43}, "invalid_token"),
    ],
)
def test_without_the_token_nothing_is_said(
    outcome: ModuleType, headers: dict[str, str], error: str | None
) -> None:
    """401, whether or not there is such a command."""
    before = stored(outcome)
    for command_id in ("c-1", "c-2", "a b;c"):
        answer, problem = report(outcome, {"status": "COMPLETED"}, command_id, **headers)
        assert (answer["statusCode"], problem["code"]) == (401, "invalid_token")
        challenge = answer["headers"]["www-authenticate"]
        assert challenge == ("Bearer" if error is None else f'Bearer error="{error}"')
    assert stored(outcome) is before


@pytest.mark.parametrize("command_id", ["c-2", "a b;c"])
def test_the_token_is_for_one_command(outcome: ModuleType, command_id: str) -> None:
    """Of another one it says nothing."""
    answer, _ = report(outcome, {"status": "COMPLETED"}, command_id)
    assert answer["statusCode"] == 401


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], "#"),
        ({}, "#/status"),
        ({"status": "PENDING"}, "#/status"),
        ({"status": ["COMPLETED"]}, "#/status"),
        ({"status": "COMPLETED", "error": {}}, "#/error"),
        ({"status": "CANCELLED", "result": 1}, "#/result"),
        ({"status": "FAILED"}, "#/error"),
        ({"status": "FAILED", "error": {"code": "A b", "message": ""}}, "#/error/code"),
        ({"status": "FAILED", "error": {"code": "a"}}, "#/error/message"),
        ({"status": "FAILED", "error": {"code": "a", "message": "x" * 1025}}, "#/error/message"),
        (
            {"status": "FAILED", "error": {"code": "a", "message": "", "retryable": 1}},
            "#/error/retryable",
        ),
        ({"status": "FAILED", "error": {"code": "a", "message": "", "x": 1}}, "#/error/x"),
        ({"progress": 0.5}, "#/progress"),
        ({"progress": {"share": 2}}, "#/progress"),
        ({"progress": {"share": True}}, "#/progress/share"),
        ({"progress": {"share": 0, "note": "a\nb"}}, "#/progress"),
        ({"progress": {"share": 0, "note": 7}}, "#/progress/note"),
        ({"progress": {"share": 0}, "status": "COMPLETED"}, "#/status"),
        ('{"status": "COMPLETED", "result": 1e999}', "#/result"),
        ('{"status": "COMPLETED", "result": "\\ud800"}', "#/result"),
    ],
)
def test_what_is_no_report_is_refused(outcome: ModuleType, body: object, pointer: str) -> None:
    """422 that says where, and the command goes on."""
    before = stored(outcome)
    answer, problem = report(outcome, body)
    assert (answer["statusCode"], problem["code"]) == (422, "invalid_report")
    assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert stored(outcome) is before


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [("{", {}, 400), ("", {}, 400), ("{}", {"content-type": "text/plain"}, 415)],
)
def test_what_is_no_json_is_refused(
    outcome: ModuleType, body: str, headers: dict[str, str], status: int
) -> None:
    """As everywhere."""
    assert report(outcome, body, **headers)[0]["statusCode"] == status


def test_a_result_that_breaks_its_schema_is_refused(outcome: ModuleType) -> None:
    """With the place in it."""
    wrong = [Violation(("rows",), "must be an integer")]
    case = outcome.take_report
    outcome.__dict__["take_report"] = TakeReport(
        store=case.store,
        retention=case.retention,
        logger=case.logger,
        check_result=lambda *_: wrong,
        clock=lambda: NOW,
    )
    answer, problem = report(outcome, {"status": "COMPLETED", "result": {"rows": "7"}})
    assert answer["statusCode"] == 422
    assert problem["errors"] == [{"pointer": "#/result/rows", "detail": "must be an integer"}]


def test_a_result_that_cannot_be_stored_is_refused(outcome: ModuleType) -> None:
    """It may be reported smaller."""
    outcome.__dict__["take_report"] = lambda *_: fail(DoesNotFit("c-1"))
    answer, problem = report(outcome, {"status": "COMPLETED", "result": "x"})
    assert (answer["statusCode"], problem["errors"][0]["pointer"]) == (422, "#/result")


def test_a_table_that_is_away_is_a_503_and_no_log_has_the_token(
    outcome: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor the report."""
    outcome.__dict__["take_report"] = lambda *_: fail(ConnectionError("10.0.0.7 refused"))
    answer, _ = report(outcome, {"status": "COMPLETED", "result": "s3cret"})
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")
    (line,) = (vars(entry) for entry in caplog.records)
    said = answer["body"] + str(line)
    assert not any(word in said for word in ("10.0.0.7", TOKEN, "s3cret"))


def test_a_report_is_logged_without_what_it_says(
    outcome: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """By the command's id and its end."""
    caplog.set_level("INFO")
    report(outcome, {"status": "COMPLETED", "result": "s3cret"})
    (line,) = (vars(entry) for entry in caplog.records)
    assert (line["message"], line["command_id"]) == ("completed", "c-1")
    assert not any(word in str(line) for word in (TOKEN, "s3cret"))
