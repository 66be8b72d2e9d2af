"""A paused type on the deployed worker: its commands wait, others run, and nothing is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.local import stack as local_stack
from scripts.local.deployment import Deployment
from scripts.worker import __main__ as tool
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

ROUNDS = 4


@pytest.fixture
def paused(environment: Environment) -> Iterator[dict[str, str]]:
    """The worker's variables with `drill` paused, a second at a time; as before afterwards."""
    functions, name = environment.client("lambda"), environment.outputs["worker_function_name"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def tell(variables: dict[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )

    told = {**before, "PAUSED_TYPES": "drill", "PAUSE_SECONDS": "1"}
    tell(told)
    yield before
    tell(before)


def test_a_pause_outlasts_the_receives_and_costs_no_attempt(
    environment: Environment,
    paused: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """More rounds than a message has receives; the status stays what it was; then it runs."""
    name = environment.outputs["worker_function_name"]
    waiting = environment.api.submit("drill", {})
    assert environment.ended(environment.api.submit("echo", {}))["status"] == "COMPLETED"
    eventually(lambda: _rounds(environment, waiting) >= ROUNDS, seconds=60)
    assert environment.api.get(waiting).status == 404
    monkeypatch.setattr(local_stack, "LocalStack", lambda: environment.deployment.stack)
    monkeypatch.setattr(Deployment, "outputs", lambda _: environment.outputs)
    assert tool.main(["show", "--local"]) == 0
    assert "types: drill: paused" in capsys.readouterr().out
    environment.client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": paused}
    )
    ended = environment.ended(waiting)
    assert (ended["status"], ended["attempts"]) == ("COMPLETED", 1)


def _rounds(environment: Environment, command_id: str) -> int:
    """How often the worker has put the command aside, by its log."""
    group = f"/aws/lambda/{environment.outputs['worker_function_name']}"
    pages = (
        environment.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    )
    lines = [event["message"] for page in pages for event in page["events"]]
    return sum('"paused"' in line and command_id in line for line in lines)
