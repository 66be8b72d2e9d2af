"""A client may choose a queue where the environment lets it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Registered
from command_api.entrypoints.openapi import describe
from tests.builders import FUNCTION_ENVIRONMENT
from tests.unit.entrypoints.submitting import Function, function

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUES = {
    name: {"url": f"https://sqs/{name}", "retention_seconds": 86400, "priority": name == "high"}
    for name in ("default", "high", "slow")
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The submit function of an environment with three queues."""
    made = function(monkeypatch, QUEUES=json.dumps(QUEUES))
    handlers = made.module.HANDLERS
    monkeypatch.setitem(handlers, "demo", Registered(handle=handlers["demo"].handle, queue="slow"))
    yield made
    monkeypatch.undo()
    function(monkeypatch)


def queue_of(api: Function, body: dict[str, Any]) -> str:
    """The queue that a command was sent to, empty for the default one."""
    answer, _ = api.post(body)
    assert answer["statusCode"] == 202
    return api.harness.queue.messages[-1].queue


@pytest.mark.parametrize(
    ("body", "queue"),
    [
        ({"type": "echo"}, ""),
        ({"type": "echo", "priority": "high"}, "high"),
        ({"type": "demo"}, "slow"),
        ({"type": "demo", "priority": "high"}, "slow"),
    ],
)
def test_a_command_goes_to_the_queue_of_its_type_or_of_its_clients_choice(
    api: Function, body: dict[str, Any], queue: str
) -> None:
    """A type that needs a worker of its own keeps it."""
    assert queue_of(api, body) == queue


@pytest.mark.parametrize("priority", ["slow", "default", "low", "", 1, None, ["high"]])
def test_what_clients_may_not_choose_is_refused(api: Function, priority: object) -> None:
    """The answer names what they may choose."""
    answer, problem = api.post({"type": "echo", "priority": priority})
    assert answer["statusCode"] == 422
    (error,) = problem["errors"]
    assert (error["pointer"], error["detail"]) == ("#/priority", "must be one of high, or absent")
    assert not api.harness.queue.messages


def test_each_command_of_a_batch_has_its_own_priority(api: Function) -> None:
    """One that chooses wrongly fails alone."""
    commands = [{"type": "echo", "priority": name} for name in ("high", "low")]
    _, body = api.call("POST /commands:batch", {"commands": [*commands, {"type": "echo"}]})
    assert [one.get("status") for one in body["results"]] == [202, 422, 202]
    assert [one.queue for one in api.harness.queue.messages] == ["high", ""]


def test_where_there_is_one_queue_nobody_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that believes to have a priority hears that it has none."""
    answer, problem = function(monkeypatch).post({"type": "echo", "priority": "high"})
    assert answer["statusCode"] == 422
    assert problem["errors"][0]["pointer"] == "#/priority"


def test_a_repeated_request_with_another_priority_is_the_same_command(api: Function) -> None:
    """A priority is no part of the work."""
    first, _ = api.call("PUT /commands/{id}", {"type": "echo"})
    again, _ = api.call("PUT /commands/{id}", {"type": "echo", "priority": "high"})
    assert (first["statusCode"], again["statusCode"]) == (202, 202)
    assert [one.queue for one in api.harness.queue.messages] == [""]


PATH = "POST /priorities/high/commands"


@pytest.mark.parametrize(
    ("route", "location"),
    [(PATH, "../../commands/{}"), (PATH.replace("POST", "PUT") + "/{id}", "../../../commands/{}")],
)
def test_a_path_chooses_as_the_field_does(api: Function, route: str, location: str) -> None:
    """Its answer leads to the command, whose path has no priority."""
    answer, body = api.call(route, {"type": "echo"})
    assert answer["statusCode"] == 202
    assert answer["headers"]["location"] == location.format(body["id"])
    assert [one.queue for one in api.harness.queue.messages] == ["high"]


def test_a_type_with_a_queue_of_its_own_keeps_it_on_any_path(api: Function) -> None:
    """It needs that worker's time or memory."""
    api.call(PATH, {"type": "demo"})
    assert [one.queue for one in api.harness.queue.messages] == ["slow"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("high", {"priority": "high"}, 202),
        ("high", {"priority": "slow"}, 422),
        ("slow", {}, 404),
        ("default", {}, 404),
        ("low", {}, 404),
    ],
)
def test_a_path_that_cannot_be_chosen_is_unknown(
    api: Function, name: str, body: dict[str, Any], status: int
) -> None:
    """A route that an apply has left behind, or one that says something else than the body."""
    answer, _ = api.call(PATH.replace("high", name), {"type": "echo", **body})
    assert answer["statusCode"] == status
    assert len(api.harness.queue.messages) == (status == 202)


def test_the_same_key_on_another_path_is_the_same_command(api: Function) -> None:
    """As with the field."""
    _, first = api.call("POST /commands", {"type": "echo"}, idempotency_key="order-1042")
    _, again = api.call(PATH, {"type": "echo"}, idempotency_key="order-1042")
    assert first["id"] == again["id"]
    assert len(api.harness.queue.messages) == 1


def test_an_id_that_is_taken_is_refused_on_any_path(api: Function) -> None:
    """By the words for ids that clients choose."""
    api.call("PUT /commands/{id}", {"type": "echo"})
    other = {"type": "echo", "input": {"n": 2}}
    answer, problem = api.call("PUT /priorities/high/commands/{id}", other)
    assert (answer["statusCode"], problem["code"]) == (409, "id_in_use")


def test_what_a_dead_sender_left_goes_to_the_queue_that_was_chosen(api: Function) -> None:
    """The outbox relay knows it from the record."""
    harness = api.harness
    harness.now = datetime.now(UTC)
    harness.queue.away = True
    api.post({"type": "echo", "priority": "high"})
    harness.queue.away = False
    harness.now += timedelta(minutes=5)
    assert harness.relay()["sent"] == 1
    assert [one.queue for one in harness.queue.messages] == ["high"]


@pytest.mark.parametrize(
    ("mode", "field"), [("validated", True), ("direct", False), ("rest", False)]
)
def test_the_document_says_how_to_choose(mode: str, *, field: bool) -> None:
    """By a path everywhere, and by a field where a function reads the body."""
    environ = {**FUNCTION_ENVIRONMENT, "API_MODE": mode, "PRIORITIES": "high"}
    document = describe(environ)
    assert "post" in document["paths"]["/priorities/high/commands"]
    assert ("/priorities/high/commands/{id}" in document["paths"]) is (mode != "rest")
    assert ('"priority": {"enum": ["high"]}' in json.dumps(document)) is field
