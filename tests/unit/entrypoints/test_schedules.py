"""Schedules at the API: made, changed, paused, shown, listed, deleted, and each owner's own."""

from __future__ import annotations

import importlib
import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from command_api.domain.recurring import KEYWORD, prefix_of
from tests.builders import FUNCTION_ENVIRONMENT
from tests.fakes.scheduler import FakeScheduler

if TYPE_CHECKING:
    from types import ModuleType

NIGHTLY: Any = {"cron": "0 2 * * ? *", "timezone": "Europe/Berlin", "type": "echo"}
ANN, BOB = {"sub": "ann"}, {"sub": "bob"}
ROOT = {"sub": "root", "scope": "jobs/admin"}


@dataclass
class Function:
    """The module, and the group of schedules behind it."""

    module: ModuleType
    client: FakeScheduler

    def call(
        self,
        method: str,
        schedule_id: str = "",
        body: object = None,
        *,
        claims: dict[str, str] | None = None,
        **query: str,
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of the answer."""
        event = {
            "version": "2.0",
            "routeKey": f"{method} /schedules" + ("/{id}" if schedule_id else ""),
            "headers": {"content-type": "application/json"},
            "pathParameters": {"id": schedule_id} if schedule_id else {},
            "queryStringParameters": query or None,
            "requestContext": {"authorizer": {"jwt": {"claims": claims}}} if claims else {},
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        answer = self.module.handler(event, SimpleNamespace())
        text = answer["body"]
        return answer["statusCode"], json.loads(text) if text else None, answer["headers"]


def function(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Function:
    """The function as a cold start leaves it, with these settings on top."""
    for name, value in {**FUNCTION_ENVIRONMENT, **settings}.items():
        monkeypatch.setenv(name, value)
    client = FakeScheduler(FUNCTION_ENVIRONMENT["RECURRING_GROUP"], datetime.now(UTC))
    monkeypatch.setattr("command_api.composition.recurring.client", lambda _: client)
    return Function(
        importlib.reload(importlib.import_module("command_api.entrypoints.schedules")), client
    )


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Function:
    """Of an environment whose commands have no owners."""
    return function(monkeypatch)


@pytest.fixture
def owned(monkeypatch: pytest.MonkeyPatch) -> Function:
    """Of one whose commands have, with an admin."""
    return function(monkeypatch, AUTHENTICATED="true", ADMIN_SCOPE="jobs/admin")


def test_a_schedule_is_made_and_shown(api: Function) -> None:
    """With its next runs, which name their commands."""
    status, made, headers = api.call("PUT", "nightly", {**NIGHTLY, "input": {"n": 1}})
    assert (status, headers["location"]) == (201, "nightly")
    told = {name: value for name, value in made.items() if name != "nextRuns"}
    assert told == {
        "id": "nightly",
        "type": "echo",
        "input": {"n": 1},
        "cron": "0 2 * * ? *",
        "timezone": "Europe/Berlin",
        "overlap": "queue",
        "enabled": True,
    }
    assert len(made["nextRuns"]) == 5
    assert made["nextRuns"][0]["id"].startswith("api.nightly:")
    status, shown, _ = api.call("GET", "nightly")
    assert status == 200
    assert {name: shown[name] for name in made} == made
    assert shown["createdAt"] == shown["updatedAt"]


def test_the_same_request_again_changes_nothing(api: Function) -> None:
    """There is one schedule, which keeps its name and thus the ids of its runs."""
    first, again = (api.call("PUT", "nightly", NIGHTLY) for _ in range(2))
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert len(api.client.schedules) == 1


def test_a_put_replaces_pauses_and_resumes(api: Function) -> None:
    """What it leaves out is as it would be in a new one."""
    api.call("PUT", "nightly", {**NIGHTLY, "overlap": "skip", "input": {"n": 1}})
    status, paused, _ = api.call("PUT", "nightly", {**NIGHTLY, "enabled": False})
    assert (status, paused["enabled"], paused["nextRuns"]) == (200, False, [])
    assert (paused["overlap"], paused["input"]) == ("queue", {})
    assert api.client.schedules["api.nightly"]["State"] == "DISABLED"
    _, resumed, _ = api.call("PUT", "nightly", {"rate": "15 minutes"})
    assert (resumed["enabled"], resumed["cron"], resumed["timezone"]) == (
        *(True, "0/15 * * * ? *", "UTC"),
    )


def test_what_was_shown_can_be_sent_back(api: Function) -> None:
    """But for what the API itself says of it."""
    api.call("PUT", "nightly", {**NIGHTLY, "input": {"until": KEYWORD}, "overlap": "skip"})
    _, shown, _ = api.call("GET", "nightly")
    told = ("id", "createdAt", "updatedAt", "nextRuns")
    back = {name: value for name, value in shown.items() if name not in told}
    status, again, _ = api.call("PUT", "nightly", back)
    assert status == 200
    assert {name: again[name] for name in back} == back


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], ["#"]),
        ({}, ["#/cron"]),
        ({**NIGHTLY, "cron": "0 2 * * *"}, ["#/cron"]),
        ({**NIGHTLY, "timezone": "Europe/Berlim"}, ["#/timezone"]),
        ({"rate": "7 minutes"}, ["#/rate"]),
        ({**NIGHTLY, "rate": "1 day"}, ["#/cron"]),
        ({**NIGHTLY, "overlap": "wait"}, ["#/overlap"]),
        ({**NIGHTLY, "overlap": ["skip"]}, ["#/overlap"]),
        ({**NIGHTLY, "enabled": "false"}, ["#/enabled"]),
        (
            {**NIGHTLY, "enabled": 0, "cron": "x", "overlap": 1},
            ["#/cron", "#/overlap", "#/enabled"],
        ),
        ({**NIGHTLY, "type": "nobody"}, ["#/type"]),
        ({**NIGHTLY, "input": 7}, ["#/input"]),
        ({**NIGHTLY, "input": {"a": "\ud800"}}, ["#/input/a"]),
        ({**NIGHTLY, "input": {"q": '"' * 100_000}}, ["#/input"]),
        ({**NIGHTLY, "delaySeconds": 7}, ["#/delaySeconds"]),
        ({**NIGHTLY, "callback": {"url": "https://x"}}, ["#/callback"]),
        ({**NIGHTLY, "owner": "bob"}, ["#/owner"]),
    ],
)
def test_what_is_wrong_is_pointed_to(api: Function, body: object, pointers: list[str]) -> None:
    """And nothing is made."""
    status, said, _ = api.call("PUT", "nightly", body)
    assert status == 422, said
    assert [one["pointer"] for one in said["errors"]] == pointers
    assert not api.client.schedules


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "invalid_json"),
        ("{", 400, "invalid_json"),
        (json.dumps({"x": "x" * 262_144}), 413, "body_too_large"),
    ],
)
def test_a_body_that_is_none_is_refused(api: Function, body: str, status: int, code: str) -> None:
    """As a command's."""
    found, said, _ = api.call("PUT", "nightly", body)
    assert (found, said["code"]) == (status, code)


def test_the_input_is_checked_as_a_run_gets_it(api: Function) -> None:
    """With a time in place of the keyword; its schedule keeps the keyword."""
    seen: list[Any] = []

    def check(_: str, given: object) -> tuple[()]:
        seen.append(given)
        return ()

    api.module.__dict__["intake"] = replace(api.module.intake, check=check)
    _, made, _ = api.call("PUT", "nightly", {**NIGHTLY, "input": {"until": KEYWORD}})
    ((run, *_),) = (made["nextRuns"],)
    assert seen == [{"until": run["id"].partition(":")[2]}]
    assert made["input"] == {"until": KEYWORD}


def test_runs_of_a_fifo_queue_cannot_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come one after the other."""
    api = function(monkeypatch, RECURRING_QUEUE_URL="https://sqs.x/1/work.fifo")
    status, said, _ = api.call("PUT", "nightly", {**NIGHTLY, "overlap": "skip"})
    assert (status, said["errors"][0]["pointer"]) == (422, "#/overlap")
    assert api.call("PUT", "nightly", NIGHTLY)[0] == 201


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
@pytest.mark.parametrize("name", ["Nightly", "7", "a.b", "a" * 33, "a/b", "näxt", "a\n"])
def test_an_id_is_a_name(api: Function, method: str, name: str) -> None:
    """No other one can exist."""
    status, said, _ = api.call(method, name, NIGHTLY)
    assert (status, said["code"]) == (404, "invalid_id")
    assert not api.client.calls


def test_a_schedule_is_deleted_once(api: Function) -> None:
    """Afterwards there is none."""
    api.call("PUT", "nightly", NIGHTLY)
    assert api.call("DELETE", "nightly")[:2] == (204, None)
    assert not api.client.schedules
    for method in ("DELETE", "GET"):
        status, said, _ = api.call(method, "nightly")
        assert (status, said["code"]) == (404, "schedule_not_found")


def test_schedules_are_listed_page_by_page(api: Function) -> None:
    """By their ids, each once, without inputs; what comes and goes meanwhile moves nothing."""
    for number in range(7):
        api.call("PUT", f"n{number}", {**NIGHTLY, "input": {"secret": "s3cr3t"}})
    status, page, _ = api.call("GET", limit="3")
    assert (status, [one["id"] for one in page["schedules"]]) == (200, ["n0", "n1", "n2"])
    assert all("input" not in one and len(one["nextRuns"]) == 5 for one in page["schedules"])
    api.call("DELETE", page["next"])
    api.call("PUT", "a", NIGHTLY)
    found = []
    while "next" in page:
        _, page, _ = api.call("GET", limit="3", after=page["next"])
        found += [one["id"] for one in page["schedules"]]
    assert found == ["n3", "n4", "n5", "n6"]


def test_a_list_may_be_empty(api: Function) -> None:
    """Also beyond the last one."""
    assert api.call("GET")[:2] == (200, {"schedules": []})
    api.call("PUT", "a", NIGHTLY)
    assert api.call("GET", after="a")[:2] == (200, {"schedules": []})


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "1e1"}, {"x": "1"}])
def test_a_list_takes_no_other_questions(api: Function, query: Any) -> None:
    """400 says which it takes."""
    status, said, _ = api.call("GET", "", **query)
    assert (status, said["code"]) == (400, "invalid_query")


def test_a_schedule_deleted_meanwhile_is_left_out(api: Function) -> None:
    """Between the list of names and the look at each."""
    for name in ("a", "b"):
        api.call("PUT", name, NIGHTLY)

    def gone(operation: str) -> None:
        if operation == "GetSchedule":
            api.client.schedules.pop("api.a", None)

    api.client.before = gone
    assert [one["id"] for one in api.call("GET")[1]["schedules"]] == ["b"]


def test_an_owner_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of new ones: those that exist can be changed, and another owner has its own limit."""
    api = function(monkeypatch, SCHEDULES_PER_OWNER="3", AUTHENTICATED="true")
    for number in range(3):
        assert api.call("PUT", f"n{number}", NIGHTLY, claims=ANN)[0] == 201
    status, said, _ = api.call("PUT", "one-more", NIGHTLY, claims=ANN)
    assert (status, said["code"]) == (409, "too_many_schedules")
    assert "3 schedules" in said["detail"]
    assert api.call("PUT", "n1", {**NIGHTLY, "enabled": False}, claims=ANN)[0] == 200
    assert api.call("PUT", "one-more", NIGHTLY, claims=BOB)[0] == 201
    api.call("DELETE", "n0", claims=ANN)
    assert api.call("PUT", "one-more", NIGHTLY, claims=ANN)[0] == 201


def test_a_foreign_schedule_does_not_exist(owned: Function) -> None:
    """Not to look at, to list, to change or to delete; its id is free for others."""
    owned.call("PUT", "nightly", NIGHTLY, claims=ANN)
    for method in ("GET", "DELETE"):
        assert owned.call(method, "nightly", claims=BOB)[0] == 404
        for owner in ("ann", ""):
            status, said, _ = owned.call(method, "nightly", claims=BOB, owner=owner)
            assert (status, said["code"]) == (404, "schedule_not_found")
    assert owned.call("GET", claims=BOB)[1] == {"schedules": []}
    assert owned.call("GET", claims=BOB, owner="ann")[0] == 404
    assert owned.call("PUT", "nightly", {"rate": "1 day"}, claims=BOB)[0] == 201
    assert owned.call("GET", "nightly", claims=ANN)[1]["cron"] == "0 2 * * ? *"
    assert len(owned.client.schedules) == 2


def test_an_admin_sees_and_deletes_those_of_others(owned: Function) -> None:
    """By their owner; what it makes itself is its own."""
    owned.call("PUT", "nightly", NIGHTLY, claims=ANN)
    assert owned.call("GET", "nightly", claims=ROOT)[0] == 404
    status, page, _ = owned.call("GET", claims=ROOT, owner="ann")
    assert (status, [one["id"] for one in page["schedules"]]) == (200, ["nightly"])
    assert owned.call("GET", "nightly", claims=ROOT, owner="ann")[0] == 200
    assert owned.call("PUT", "nightly", NIGHTLY, claims=ROOT, owner="ann")[0] == 400
    assert owned.call("DELETE", "nightly", claims=ROOT, owner="ann")[0] == 204
    assert not owned.client.schedules


def test_the_runs_are_their_owners(owned: Function) -> None:
    """The message of a firing names the owner; nobody else's token does."""
    _, made, _ = owned.call("PUT", "nightly", NIGHTLY, claims=ANN)
    run = made["nextRuns"][0]["id"]
    name, _, at = run.partition(":")
    assert name == f"{prefix_of('ann')}nightly"
    sent = owned.client.fired(name, at)
    assert (sent.key, sent.owner) == (run, "ann")


def test_without_an_owner_nothing_is_done(owned: Function) -> None:
    """A route without an authorizer is a mistake."""
    for claims in (None, {"sub": ""}, {"sub": "a\nb"}):
        for method, name in (("PUT", "a"), ("GET", "a"), ("GET", ""), ("DELETE", "a")):
            assert owned.call(method, name, NIGHTLY, claims=claims)[0] == 401
    assert not owned.client.calls


def test_trouble_is_told_and_nothing_of_the_request_is_logged(
    api: Function, caplog: pytest.LogCaptureFixture
) -> None:
    """With a time to come back."""

    def away(operation: str) -> None:
        raise ClientError(
            {"Error": {"Code": "ThrottlingException", "Message": "s3cr3t"}}, operation
        )

    api.client.before = away
    with caplog.at_level(logging.INFO):
        for method, name in (("PUT", "a"), ("GET", "a"), ("GET", ""), ("DELETE", "a")):
            status, said, headers = api.call(method, name, {**NIGHTLY, "input": {"x": "s3cr3t"}})
            assert (status, said["code"]) == (503, "service_unavailable")
            assert headers["retry-after"] == "2"
    assert "s3cr3t" not in caplog.text


def test_what_scheduler_refuses_is_the_cron(api: Function) -> None:
    """It may know a rule that we do not."""

    def refuse(operation: str) -> None:
        if operation == "CreateSchedule":
            error = {"Error": {"Code": "ValidationException", "Message": "No."}}
            raise ClientError(error, operation)  # type: ignore[arg-type]

    api.client.before = refuse
    status, said, _ = api.call("PUT", "nightly", NIGHTLY)
    assert (status, said["errors"][0]["pointer"]) == (422, "#/cron")
