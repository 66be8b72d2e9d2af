"""Commands that start later, or not any more."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.changes import applied
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment


def _submit(environment: Environment, **times: object) -> str:
    body = {"type": "echo", "input": {"n": 1}, **times}
    return environment.api.submit_body(json.dumps(body))


def _shown(environment: Environment, command_id: str) -> dict[str, Any]:
    def known() -> dict[str, Any] | None:
        answer = environment.api.get(command_id)
        return answer.json() if answer.status == 200 else None

    return eventually(known)


def test_a_command_starts_at_its_time_and_not_earlier(environment: Environment) -> None:
    """Until then it is PENDING, and says what it waits for."""
    command_id = _submit(environment, delaySeconds=20)
    shown = _shown(environment, command_id)
    assert (shown["status"], shown["attempts"]) == ("PENDING", 0)
    ended = environment.ended(command_id)
    assert (ended["status"], ended["attempts"]) == ("COMPLETED", 1)
    assert ended["updatedAt"] >= shown["scheduledFor"]


def test_a_cancelled_command_does_not_start(environment: Environment) -> None:
    """Its message is dropped when it comes."""
    command_id = _submit(environment, delaySeconds=10)
    assert environment.api.cancel(command_id).status == 200
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    ended = environment.ended(command_id)
    assert (ended["status"], ended["attempts"]) == ("CANCELLED", 0)


def test_an_expired_command_and_one_too_far_ahead_fail(environment: Environment) -> None:
    """With a code each, for good."""
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    for times, code in (
        ({"expiresAt": past}, "expired"),
        ({"delaySeconds": 901}, "schedule_unsupported"),
    ):
        ended = environment.ended(_submit(environment, **times))
        assert (ended["status"], ended["error"]["code"]) == ("FAILED", code)
        assert ended["error"]["retryable"] is False


@pytest.mark.long
def test_a_command_far_ahead_waits_in_a_schedule(environment: Environment) -> None:
    """It is gone with its command."""
    outputs = applied(environment, {"commands": {"scheduling": True}})
    group = outputs["sqs_queue_arn"].rpartition(":")[2]
    scheduler = environment.client("scheduler")

    def names() -> list[str]:
        return [one["Name"] for one in scheduler.list_schedules(GroupName=group)["Schedules"]]

    kept, cancelled = (_submit(environment, delaySeconds=86_400) for _ in range(2))
    eventually(lambda: len(names()) == 2)
    assert _shown(environment, kept)["status"] == "PENDING"
    assert environment.api.cancel(cancelled).status == 200
    assert len(names()) == 1
    shown = environment.api.get(kept).json()
    assert (shown["status"], shown["attempts"]) == ("PENDING", 0)
    assert environment.api.cancel(kept).status == 200
    assert names() == []
