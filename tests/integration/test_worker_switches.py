"""`python -m scripts.worker` on a real event source mapping, and what Terraform makes of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from pytest_terraform import terraform

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from scripts.worker import __main__ as tool
from scripts.worker.deployed import DeployedWorker, worker_of
from tests.live import eventually
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_terraform.tf import TerraformTestApi

    from command_api.domain.model import Command

    Board = Callable[[TerraformTestApi], "Switchboard"]

MAPPING = "module.worker.aws_lambda_event_source_mapping.this"
# Long enough for a worker that is not paused to have taken a message.
UNTAKEN_SECONDS = 3.0


@dataclass
class Switchboard:
    """The tool, about the worker of this root."""

    applied: TerraformTestApi
    deployed: DeployedWorker
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> str:
        """What it says of a success."""
        code = tool.main([*words, "--env", "switches"])
        out, err = self.capsys.readouterr()
        assert code == 0, err
        return out

    def submit(self, command_id: str) -> None:
        """Send a command."""
        named = {"DataType": "String", "StringValue": command_id}
        self.deployed.sqs.send_message(
            QueueUrl=self.deployed.queue_url,
            MessageBody=json.dumps({"type": "echo", "input": {}}),
            MessageAttributes={"command_id": named},  # type: ignore[dict-item]
        )

    def command(self, command_id: str) -> Command | None:
        """What the worker has written."""
        table = self.applied.outputs["table"]["value"]
        return DynamoDBCommands(boto3.client("dynamodb"), table, "expiresAt").get(command_id)

    def planned(self, *options: str) -> dict[str, tuple[Any, Any]]:
        """What the next apply would change of the mapping: before and after, by attribute."""
        runner: Any = self.applied.terraform
        path = str(Path(self.applied.work_dir) / "switches.tfplan")
        runner._run_cmd([*runner._get_cmd_args("plan", output=f"-out={path}"), *options])
        plan = json.loads(runner._run_cmd([runner.tf_bin, "show", "-json", path], output=True))
        [change] = [one for one in plan["resource_changes"] if one["address"] == MAPPING]
        before, after = change["change"]["before"], change["change"]["after"]
        return {name: (before[name], new) for name, new in after.items() if before[name] != new}


@pytest.fixture
def board(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Board:
    """What makes the tool, with the worker as it was applied."""

    def about(applied: TerraformTestApi) -> Switchboard:
        said = {name: output["value"] for name, output in applied.outputs.items()}
        outputs = {
            "worker_function_name": said["function"],
            "sqs_queue_url": said["queue_url"],
            "sqs_queue_arn": said["queue_arn"],
        }
        clients = {"lambda": boto3.client("lambda"), "sqs": boto3.client("sqs")}
        root = target(outputs, clients.__getitem__, env="switches")
        aim(monkeypatch, root)
        worker_of(root).mapping(60).change(enabled=True, cap=2)
        return Switchboard(applied, worker_of(root), capsys)

    return about


@terraform("switches", scope="session")
def test_a_paused_worker_takes_nothing_until_it_is_resumed(
    switches: TerraformTestApi, board: Board
) -> None:
    """What is sent meanwhile waits, is counted, and runs afterwards."""
    switch = board(switches)
    assert "is paused" in switch("pause")
    assert "was paused already" in switch("pause")
    switch.submit("c-1")
    time.sleep(UNTAKEN_SECONDS)
    assert switch.command("c-1") is None
    assert "queue: 1 waiting, 0 in flight" in switch("show")
    assert "receives from integration-switches-queue" in switch("resume")
    assert eventually(lambda: switch.command("c-1")).attempts == 1
    assert "was resumed already" in switch("resume")


@terraform("switches", scope="session")
def test_the_next_apply_does_what_the_tool_says(switches: TerraformTestApi, board: Board) -> None:
    """It resumes a paused worker and sets its cap back; without a switch it changes nothing."""
    switch = board(switches)
    assert switch.planned() == {}
    assert "RESUMES" not in switch("cap", "7")
    assert list(switch.planned()) == ["scaling_config"]
    assert "RESUMES the worker" in switch("pause")
    assert list(switch.planned("-var", "enabled=false")) == ["scaling_config"]
    planned = switch.planned()
    assert planned.pop("enabled") == (False, True)
    [(before, after)] = planned.values()
    assert before == [{"maximum_concurrency": 7}]
    assert after == [{"maximum_concurrency": 2}]
    switch("resume")
    switch("cap", "2")
    assert switch.planned() == {}
