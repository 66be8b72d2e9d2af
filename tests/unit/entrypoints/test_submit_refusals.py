"""What the submit function refuses, and how."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from command_api.domain.model import Status
from tests.builders import FUNCTION_ENVIRONMENT, NOW, command, fail
from tests.unit.entrypoints.submitting import ORDER, Function, function

BAD_ORDER = {**ORDER, "quantity": 0, "x": 1}
ORDERED = {"type": "process_order", "input": BAD_ORDER}


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Function:
    """The function of a deployment without owners."""
    return function(monkeypatch)


def refused(submit: Function, answer: dict[str, Any], status: int) -> None:
    """A problem document, and nothing has happened."""
    assert (answer["statusCode"], submit.harness.queue.messages) == (status, [])
    assert answer["headers"]["content-type"] == "application/problem+json"
    document = json.loads(answer["body"])
    assert re.fullmatch("[a-z_]+", document["code"])
    assert document["type"] == f"urn:problem-type:command-api:{document['code']}"
    assert submit.harness.table.store_.commands == {}


@pytest.mark.parametrize("body", ["", "{", "NaN", "[" * 100_000])
def test_what_is_not_json_is_400(submit: Function, body: str) -> None:
    """Whatever Python's own reader would take."""
    answer, said = submit.post(body)
    refused(submit, answer, 400)
    assert said["title"] == "Bad Request"


@pytest.mark.parametrize(
    "command_id", ["api.nightly:2030-12-24T01:00:00Z", "weekly:2030-12-24T01:00:00Z"]
)
def test_nobody_takes_the_id_of_a_run_in_advance(
    monkeypatch: pytest.MonkeyPatch, command_id: str
) -> None:
    """The run would be taken for a repetition; the same by the name of no schedule is taken."""
    submit = function(monkeypatch, RECURRING_NAMES="nightly weekly")
    answer, said = submit.call("PUT /commands/{id}", {"type": "echo"}, command_id=command_id)
    refused(submit, answer, 404)
    assert (said["code"], "recurring schedule" in said["detail"]) == ("invalid_id", True)
    free = command_id.replace("api.", "sensor-").replace("weekly", "monthly")
    answer, _ = submit.call("PUT /commands/{id}", {"type": "echo"}, command_id=free)
    assert answer["statusCode"] == 202


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (r'{"type": "echo", "input": {"a": ["\ud800"]}}', "#/input/a/0"),
        (r'{"type": "echo", "input": {"a": {"x\udfff": 1}}}', "#/input/a"),
        (r'{"type": "\ud800"}', "#/type"),
        (r'{"x\ud800": 1}', "#/x?"),
        (r'{"type": "process_order", "input": {"x\ud800": 1}}', "#/input"),
    ],
)
def test_an_unpaired_surrogate_is_422_and_named(submit: Function, body: str, pointer: str) -> None:
    """It is legal JSON, and nothing that could be stored."""
    answer, said = submit.post(body)
    refused(submit, answer, 422)
    assert [one["pointer"] for one in said["errors"]] == [pointer]


@pytest.mark.parametrize("command_id", [".", "..", "%2E", "%2e%2e", "a/b"])
def test_an_id_that_a_path_does_not_survive_is_refused(submit: Function, command_id: str) -> None:
    """Whatever removes the dots on the way makes another path of it."""
    for sent in (command_id, command_id.replace("%", "%25")):
        answer, said = submit.call("PUT /commands/{id}", {"type": "echo"}, command_id=sent)
        refused(submit, answer, 404)
        assert "it must be 1-128" in said["detail"]


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("text/plain", ""),
        ("application/x-www-form-urlencoded", ""),
        ("", ""),
        ("application/jsonp", ""),
        ("application/json; charset=latin-1", ""),
        ("application/json", "gzip"),
    ],
)
def test_what_does_not_say_that_it_is_json_is_415(
    submit: Function, kind: str, encoding: str
) -> None:
    """And the answer says what would do."""
    headers = {"content_type": kind, **({"content_encoding": encoding} if encoding else {})}
    answer, _ = submit.post({}, **headers)
    refused(submit, answer, 415)
    assert answer["headers"]["accept-post"] == "application/json"


@pytest.mark.parametrize(
    "kind", ["application/json;charset=UTF-8", "Application/JSON", "application/vnd.acme+json"]
)
def test_json_by_any_name_is_taken(submit: Function, kind: str) -> None:
    """Media types have parameters, suffixes and no case."""
    assert submit.post({}, content_type=kind)[0]["statusCode"] == 202


@pytest.mark.parametrize("text", ["x" * 262_000, "\x01" * 60_000])
def test_what_does_not_fit_into_a_message_is_413(submit: Function, text: str) -> None:
    """Before anything is written."""
    answer, said = submit.post({"input": {"text": text}})
    refused(submit, answer, 413)
    assert said["title"] == "Content Too Large"


def test_numbers_that_grow_are_counted_as_they_are_sent(submit: Function) -> None:
    """1e15 is sent as 1000000000000000.0."""
    refused(submit, submit.post('{"input": {"x": [' + ",".join(["1e15"] * 30_000) + "]}}")[0], 413)


@pytest.mark.parametrize(
    ("route", "body", "pointers"),
    [
        ("POST /commands", [], ["#"]),
        ("POST /commands", {"typ": "echo", "inputs": {}}, ["#/inputs", "#/typ"]),
        ("POST /commands", {"type": "unheard_of"}, ["#/type"]),
        ("POST /commands", {"type": None}, ["#/type"]),
        ("POST /commands", {"type": ["echo"]}, ["#/type"]),
        ("POST /commands", {"input": [1]}, ["#/input"]),
        ("POST /commands", ORDERED, ["#/input/quantity", "#/input/x"]),
        ("POST /orders", BAD_ORDER, ["#/quantity", "#/x"]),
        ("POST /orders", "7", ["#"]),
    ],
)
def test_every_bad_field_is_named(
    submit: Function, route: str, body: object, pointers: list[str]
) -> None:
    """On a path of its own the body is the input, and the pointers say so."""
    answer, said = submit.call(route, body)
    refused(submit, answer, 422)
    assert [error["pointer"] for error in said["errors"]] == pointers
    assert said["title"] == "Unprocessable Content"


def test_no_answer_repeats_a_value(submit: Function) -> None:
    """What was wrong may have been a secret in the wrong field."""
    for body in ({"type": "s3cret"}, {"input": "s3cret"}, '"s3cret'):
        answer, _ = submit.post(body)
        assert "s3cret" not in answer["body"]
    answer, _ = submit.call("POST /orders", {**ORDER, "quantity": "s3cret"})
    assert "s3cret" not in answer["body"]


@pytest.mark.parametrize(
    "route", ["POST /elsewhere", "GET /commands/{id}", "$default", "POST /commands/{id}"]
)
def test_a_route_that_is_not_ours_is_404(submit: Function, route: str) -> None:
    """A route that was wired here by mistake does not submit anything."""
    refused(submit, submit.call(route, {})[0], 404)


def test_a_table_that_is_away_is_503(submit: Function) -> None:
    """Nothing has happened, and the client learns when to try again."""
    submit.harness.table.away = {"store"}
    answer, _ = submit.post({})
    refused(submit, answer, 503)
    assert answer["headers"]["retry-after"] == "2"


def test_a_queue_that_is_away_is_503_with_the_id(submit: Function) -> None:
    """The command is written down: even without a key the client can find it again."""
    submit.harness.queue.away = True
    answer, said = submit.post({})
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")
    assert answer["headers"]["location"] == f"commands/{said['id']}"
    assert set(submit.harness.table.store_.commands) == {said["id"]}


def test_trouble_that_nobody_thought_of_is_a_500_without_details(
    submit: Function, caplog: pytest.LogCaptureFixture
) -> None:
    """A problem document; the log has the type and not the text."""
    submit.module.__dict__["submit"] = lambda *_, **__: fail(KeyError("card number"))
    answer, _ = submit.post({})
    assert answer["statusCode"] == 500
    assert "card number" not in answer["body"] + str([vars(one) for one in caplog.records])


def test_an_id_that_was_cancelled_in_advance_is_409(submit: Function) -> None:
    """The client learns why."""
    purge_at = NOW + timedelta(days=3650)
    gone = command(Status.PENDING, type="", work="").cancelled(now=NOW, purge_at=purge_at)
    submit.harness.table.store_.commands["c-1"] = gone
    answer, said = submit.call("PUT /commands/{id}", {})
    assert (answer["statusCode"], said["commandStatus"]) == (409, "CANCELLED")


@pytest.mark.parametrize("group", ["", "a b", "x" * 129])
def test_an_order_needs_a_group(monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    """A FIFO queue refuses a message without one; here the client learns it."""
    submit = function(monkeypatch, QUEUE_URL=f"{FUNCTION_ENVIRONMENT['QUEUE_URL']}.fifo")
    refused(submit, submit.post({}, **({"x_message_group_id": group} if group else {}))[0], 400)
    assert submit.post({}, x_message_group_id="customer-7")[0]["statusCode"] == 202
    assert submit.harness.queue.messages[0].group == "customer-7"


@pytest.mark.parametrize("routes", ["[]", "{", '{"POST /orders": 1}'])
def test_routes_that_are_none_are_named(monkeypatch: pytest.MonkeyPatch, routes: str) -> None:
    """At the cold start, with an example."""
    with pytest.raises(Exception, match="POST /orders"):
        function(monkeypatch, ROUTES=routes)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"notBefore": "tomorrow"}, "#/notBefore"),
        ({"notBefore": "2099-01-01T00:00:00Z"}, "#/notBefore"),
        ({"delaySeconds": 901}, "#/delaySeconds"),
        ({"delaySeconds": 60, "expiresAt": "2020-01-01T00:00:00Z"}, "#/expiresAt"),
    ],
)
def test_a_start_that_cannot_be_is_422(
    submit: Function, fields: dict[str, Any], pointer: str
) -> None:
    """No time, or one that no message can wait for; in a batch it concerns its command alone."""
    body = {"type": "echo", **fields}
    answer, said = submit.post(body)
    refused(submit, answer, 422)
    assert [one["pointer"] for one in said["errors"]] == [pointer]
