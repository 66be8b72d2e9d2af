"""Reports on commands that were handed over: the route comes and goes on a live environment."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.domain.hand_over import HandOver, digest_of, new_token
from command_api.domain.model import Command, Lease, Status
from scripts.stack.clients import logs_client
from tests.canary import logged
from tests.e2e.changes import applied
from tests.environment import applied as fresh

if TYPE_CHECKING:
    from pathlib import Path

    from command_client.transport import Answer
    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def handed_over(environment: Environment) -> tuple[str, str]:
    """A command that a handler has handed over, and the token."""
    command_id, token, now = f"outside-{uuid4().hex}", new_token(), datetime.now(UTC)
    given = HandOver("t-1", digest_of(command_id, token), timedelta(minutes=5), attempts=3, at=now)
    running = Command(
        id=command_id,
        type="echo",
        status=Status.PROCESSING,
        created_at=now,
        updated_at=now,
        attempts=1,
        max_attempts=1,
        message_id="m-1",
        lease=Lease("t-1", now + given.timeout),
        hand_over=given,
    )
    table = environment.outputs["dynamodb_table_name"]
    DynamoDBCommands(environment.client("dynamodb"), table, "expiresAt").record(running)
    return command_id, token


def report(environment: Environment, command_id: str, token: str, body: object) -> Answer:
    """POST to its outcome."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    path = f"/{command_id}/outcome"
    return environment.api.request("POST", path, json.dumps(body), headers)


def assert_reports_are_taken_where_that_is_on(
    environment: Environment, api: dict[str, Any]
) -> None:
    """With the function's own rights; its log never has the token."""
    applied(environment, {"api": {**api, "outcomes": True}})
    command_id, token = handed_over(environment)
    progress = {"progress": {"share": 0.4, "note": "4 of 10"}}
    assert report(environment, command_id, "x" * 43, progress).status == 401
    assert report(environment, command_id, token, progress).json()["status"] == "PROCESSING"
    shown = environment.api.get(command_id).json()
    assert shown["progress"]["share"] == 0.4
    assert shown["handedOver"]["deadline"] > shown["updatedAt"]
    assert environment.api.request("DELETE", f"/{command_id}").status == 202
    assert report(environment, command_id, token, progress).json()["status"] == "CANCELLING"
    # It goes to the bucket.
    done = {"status": "COMPLETED", "result": "x" * 300_000}
    for _ in range(2):
        assert report(environment, command_id, token, done).json()["status"] == "COMPLETED"
    assert environment.api.get(command_id).json()["resultUrl"]
    history = environment.api.request("GET", f"/{command_id}?history=1").json()["history"]
    assert [one["status"] for one in history] == [
        *("PENDING", "PROCESSING", "PROCESSING", "CANCELLING", "COMPLETED"),
    ]
    assert [one.get("handedOver") for one in history] == [None, None, True, None, None]
    late = report(environment, command_id, token, progress)
    assert (late.status, late.json()["code"]) == (409, "hand_over_ended")
    logs = logs_client(environment.deployment.stack)
    assert not [line for line in logged(logs) if token in line]
    applied(environment, {"api": api})
    command_id, token = handed_over(environment)
    assert report(environment, command_id, token, progress).status in (403, 404)
    assert environment.api.get(command_id).status == 200


@pytest.mark.parametrize("submission", ["direct", "validated"])
def test_reports_are_taken_where_that_is_on(environment: Environment, submission: str) -> None:
    """The HTTP API keeps its URL, whoever takes its submissions."""
    assert_reports_are_taken_where_that_is_on(environment, {"submission": submission})
    environment.deployment.apply()


@pytest.mark.usefixtures("recording")
def test_a_rest_api_takes_reports_where_that_is_on(tmp_path: Path) -> None:
    """In an environment of its own: a REST API and the HTTP API after it have other URLs."""
    api = {"type": "rest"}
    with fresh(tmp_path, api=api, routes={}) as environment:
        assert_reports_are_taken_where_that_is_on(environment, api)
