"""What the submit function answers where all is well."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from command_api.domain.model import Status
from command_api.http.submissions import accepted
from tests.builders import LATER, command
from tests.unit.entrypoints.submitting import ORDER, Function, function


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Function:
    """The function of a deployment without owners."""
    return function(monkeypatch)


@pytest.mark.parametrize(
    ("route", "location"),
    [
        ("POST /commands", "commands/"),
        ("PUT /commands/{id}", "../commands/"),
        ("POST /shop/orders", "../commands/"),
    ],
)
def test_a_location_leads_to_the_command_below_any_base_path(route: str, location: str) -> None:
    """It is relative to the request, so a stage or a base path mapping stays in front of it."""
    answer: Any = accepted(command(), route, {})
    assert answer["headers"]["location"] == f"{location}c-1"


def test_a_command_is_taken(submit: Function) -> None:
    """202 with its id, where to ask for it, and when."""
    answer, said = submit.post({"type": "echo", "input": {"ü": [1]}})
    assert answer["statusCode"] == 202
    assert list(said) == ["id", "type", "status", "createdAt"]
    assert (said["type"], said["status"]) == ("echo", "PENDING")
    assert re.fullmatch(r"[0-9a-f]{32}", said["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["createdAt"])
    headers = answer["headers"]
    assert (headers["location"], headers["x-command-id"]) == (f"commands/{said['id']}", said["id"])
    assert (headers["retry-after"], headers["cache-control"]) == ("1", "no-store")
    (sent,) = submit.harness.queue.messages
    assert (sent.id, sent.type, sent.pending_entry and sent.pending_entry.input) == (
        said["id"],
        "echo",
        {"ü": [1]},
    )
    assert submit.harness.table.store_.commands[sent.id].pending_entry is None


def test_an_empty_body_is_the_default_type(submit: Function) -> None:
    """As on direct submission."""
    assert submit.post({})[1]["type"] == "echo"


def test_a_route_of_its_own_answers_in_its_own_words(submit: Function) -> None:
    """The handler shapes the answer; the id is there all the same."""
    answer, said = submit.call("POST /orders", ORDER)
    assert answer["statusCode"] == 202
    assert set(said) == {"id", "message", "orderId", "createdAt", "status"}
    (sent,) = submit.harness.queue.messages
    assert (sent.type, sent.pending_entry and sent.pending_entry.input) == ("process_order", ORDER)


def test_an_answer_that_a_handler_fails_to_shape_is_the_usual_one(
    submit: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is taken, so the client gets its id."""

    def broken(*_: object) -> dict[str, Any]:
        raise ValueError

    order = submit.module.HANDLERS["process_order"]
    handlers = {"process_order": replace(order, accepted=broken)}
    monkeypatch.setitem(submit.module.__dict__, "HANDLERS", handlers)
    answer, said = submit.call("POST /orders", ORDER)
    assert (answer["statusCode"], said["type"]) == (202, "process_order")


def test_a_put_names_its_own_id(submit: Function) -> None:
    """Again and again: the same command, the same answer."""
    first = submit.call("PUT /commands/{id}", {"input": {"n": 1}})
    assert (first[0]["statusCode"], first[1]["id"]) == (202, "c-1")
    submit.harness.table.store_.commands["c-1"] = replace(
        submit.harness.command, status=Status.COMPLETED, updated_at=LATER
    )
    assert submit.call("PUT /commands/{id}", {"input": {"n": 1}}) == first
    assert len(submit.harness.queue.messages) == 1
    assert submit.call("PUT /commands/{id}", {"input": {"n": 2}})[0]["statusCode"] == 409


def test_a_start_may_be_named(submit: Function) -> None:
    """The answer says when it is, the message waits in the queue, and its record outlives that."""
    answer, said = submit.post({"type": "echo", "delaySeconds": 600})
    assert answer["statusCode"] == 202
    assert said["scheduledFor"] > said["createdAt"]
    (sent,) = submit.harness.queue.messages
    assert sent.timing.not_before is not None
    assert (sent.timing.not_before - sent.created_at).total_seconds() == 600
    stored = submit.harness.table.store_.commands[said["id"]]
    assert stored.waits_until is not None
    assert stored.waits_until > sent.timing.not_before
