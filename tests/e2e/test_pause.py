"""A paused type on the deployed worker: its commands wait, others run, and nothing is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scripts.stack import stack as local_stack
from scripts.stack.deployment import Deployment
from scripts.worker import __main__ as tool
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

ROUNDS = 4


@dataclass
class Live:
    """The worker behind its alias, and what it was told before."""

    functions: Any
    name: str
    version: str
    variables: dict[str, str]

    def told(self, **variables: str) -> str:
        """Publish a version with these variables besides, and let it take the messages."""
        self.functions.update_function_configuration(
            FunctionName=self.name, Environment={"Variables": self.variables | variables}
        )
        version: str = self.functions.publish_version(FunctionName=self.name)["Version"]
        self.activate(version)
        return version

    def activate(self, version: str) -> None:
        """Let this version take the messages."""
        self.functions.update_alias(FunctionName=self.name, Name="live", FunctionVersion=version)


@pytest.fixture
def worker(environment: Environment) -> Iterator[Live]:
    """The worker; as Terraform has made it afterwards, without the version in between."""
    functions, name = environment.client("lambda"), environment.outputs["worker_function_name"]
    live = functions.get_function_configuration(FunctionName=name, Qualifier="live")
    one = Live(functions, name, live["Version"], live["Environment"]["Variables"])
    paused = one.told(PAUSED_TYPES="demo", PAUSE_SECONDS="1")
    yield one
    one.activate(one.version)
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": one.variables}
    )
    functions.delete_function(FunctionName=name, Qualifier=paused)


def test_a_pause_outlasts_the_receives_and_costs_no_attempt(
    environment: Environment,
    worker: Live,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """More rounds than a message has receives; the status stays what it was; then it runs."""
    waiting = environment.api.submit("demo", {})
    assert environment.ended(environment.api.submit("echo", {}))["status"] == "COMPLETED"
    eventually(lambda: _rounds(environment, waiting) >= ROUNDS, seconds=60)
    assert environment.api.get(waiting).status == 404
    monkeypatch.setattr(local_stack, "LocalStack", lambda: environment.deployment.stack)
    monkeypatch.setattr(Deployment, "outputs", lambda _: environment.outputs)
    assert tool.main(["show", "--local"]) == 0
    assert "types: demo: paused" in capsys.readouterr().out
    worker.activate(worker.version)
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
