"""The demo and the stack's commands, on a stack that runs already."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

from scripts.local import __main__ as tool

if TYPE_CHECKING:
    import pytest

    from tests.environment import Environment


def run(environment: Environment, capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command of `python -m scripts.local` and return what it printed."""
    stack = environment.deployment.stack
    assert tool.main(["--state-dir", str(stack.state_dir), "--port", str(stack.port), *words]) == 0
    return capfd.readouterr().out


def test_the_demo_shows_every_outcome(
    environment: Environment,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a running stack nothing is applied again, and all commands end as they are meant to."""
    monkeypatch.setattr(tool, "ON_THIS_MACHINE", environment.deployment.variables)
    shown = run(environment, capfd, "demo")
    assert "no changes" in shown
    assert re.search(r"fails twice, then succeeds +COMPLETED +3", shown)
    assert re.search(r"is rejected +FAILED +1 +demo_rejected", shown)
    assert re.search(r"fails until it is dead-lettered +FAILED +3 +demo_failed", shown)
    assert re.search(r"reads a secret +COMPLETED +1", shown)
    assert "6 COMPLETED, 2 FAILED" in shown
    # The line to copy and paste works as it stands.
    (line,) = re.findall(r"curl -i .*", shown)
    answer = subprocess.run(shlex.split(line), capture_output=True, text=True, check=True).stdout
    assert answer.startswith("HTTP/1.1 202")


def test_status_shows_what_runs(
    environment: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    """The functions and the queues of the environment are listed with their counts."""
    shown = run(environment, capfd, "status")
    assert environment.outputs["worker_function_name"] in shown
    queue = environment.outputs["sqs_queue_url"].rpartition("/")[2]
    assert re.search(rf"{queue}: \d+ waiting, \d+ in flight", shown)


def test_logs_of_a_function_are_json_lines(
    environment: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    """`logs --function` prints what the worker wrote: what happened, and in numbers."""
    environment.ended(environment.api.submit("echo", {}))
    shown = run(
        environment, capfd, "logs", "--function", environment.outputs["worker_function_name"]
    )
    outcomes = [json.loads(line) for line in shown.splitlines() if line.startswith("{")]
    assert "completed" in {one.get("message") for one in outcomes}
    assert {"_aws", "CommandAge", "Duration"} <= {name for one in outcomes for name in one}
