"""Queues come and go on a live environment, and every command ends in the right one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from scripts.errors import OperatorError
from scripts.framework import envelope
from tests.e2e.changes import applied, assert_all_completed
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.environment import Environment

QUEUES: dict[str, Any] = {
    "high": {"priority": True, "max_concurrency": 20},
    "slow": {"timeout": 60, "max_concurrency": 2},
}
DRAINING = {"high": {"draining": True}, "slow": {"draining": True}}
HIGH = {"high": QUEUES["high"]}


def put(environment: Environment, url: str) -> str:
    """Put a command of a type without a queue of its own into this queue; its id."""
    command_id = f"put-{uuid4().hex}"
    environment.client("sqs").send_message(
        QueueUrl=url,
        MessageBody='{"type": "echo", "input": {}}',
        MessageAttributes=envelope.attributes(command_id),
    )
    return command_id


def ran(environment: Environment, function: str, command_id: str) -> bool:
    """Whether a line of this function's log says that the command completed."""
    found = environment.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{function}", filterPattern=f'"{command_id}"'
    )
    return any("completed" in one["message"] for one in found["events"])


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_queues_come_and_go_and_lose_no_command(environment: Environment) -> None:
    """Chosen by a path, moved without an attempt, refused to vanish, drained, taken out."""
    api = environment.api
    outputs = applied(environment, {"commands": {"queues": QUEUES}})
    slow: Mapping[str, Any] = outputs["queues"]["slow"]
    high: Mapping[str, Any] = outputs["queues"]["high"]

    chosen = f"chosen-{uuid4().hex}"
    url = f"{outputs['api_endpoint']}/priorities/high/commands/{chosen}"
    assert requests.put(url, json={"type": "echo", "input": {}}, timeout=30).status_code == 202
    assert environment.ended(chosen)["status"] == "COMPLETED"
    eventually(partial(ran, environment, high["worker_function_name"], chosen))

    moved = put(environment, slow["sqs_queue_url"])
    ended = environment.ended(moved)
    assert (ended["status"], ended["attempts"]) == ("COMPLETED", 1)
    eventually(partial(ran, environment, outputs["worker_function_name"], moved))
    assert not ran(environment, slow["worker_function_name"], moved)

    before = environment.deployment
    with pytest.raises(OperatorError, match="slow would be deleted with the commands in it"):
        replace(before, variables={**before.variables, "commands": {"queues": HIGH}}).apply()
    waiting = {put(environment, slow["sqs_queue_url"]) for _ in range(20)}
    assert "slow" in applied(environment, {"commands": {"queues": DRAINING}})["queues"]
    assert_all_completed(environment, waiting)

    applied(environment, {})
    assert api.get(chosen).json()["status"] == "COMPLETED"
    left = environment.client("sqs").list_queues()["QueueUrls"]
    assert {slow["sqs_queue_url"], high["sqs_queue_url"]} & set(left) == set()
