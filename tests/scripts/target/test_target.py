"""A target: its outputs, its clients, and the words that name it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from scripts.errors import OperatorError
from scripts.stack import deployment
from scripts.stack.deployment import Deployment
from scripts.stack.process import ROOT
from scripts.stack.stack import LocalStack
from scripts.target.target import of_folder, of_stack

if TYPE_CHECKING:
    from pathlib import Path


def apply(folder: Path, **outputs: Any) -> None:
    """Leave what `terraform init` and `apply` leave: a folder of its own, and a state."""
    (folder / ".terraform").mkdir(exist_ok=True)
    known = {name: {"value": value, "type": "string"} for name, value in outputs.items()}
    state = {"version": 4, "serial": 1, "lineage": "x", "outputs": known, "resources": []}
    (folder / "terraform.tfstate").write_text(json.dumps(state))


def test_outputs_are_those_of_the_last_apply(dev: Path) -> None:
    """Terraform itself is asked, once."""
    apply(dev, sqs_queue_url="https://queue")
    target = of_folder("dev")
    assert target.outputs == {"sqs_queue_url": "https://queue"}
    apply(dev)
    assert target.require("sqs_queue_url") == ("https://queue",)


def test_missing_outputs_are_named_with_the_command_that_adds_them(dev: Path) -> None:
    """An older version of the environment lacks some; an empty one counts as missing."""
    apply(dev, sqs_queue_url="https://queue", sqs_dlq_url="")
    with pytest.raises(OperatorError) as error:
        of_folder("dev").require("sqs_queue_url", "sqs_dlq_url", "alarm_names")
    assert str(error.value) == (
        "environments/dev has no output sqs_dlq_url, alarm_names; apply it again with this version:"
        " terraform -chdir=environments/dev apply"
    )


def test_clients_share_the_environments_profile_and_region(
    dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One session for all of them, so that a profile asks for its code once."""
    assert dev
    sessions = []
    session = boto3.Session

    def counted(**options: Any) -> boto3.Session:
        sessions.append(options)
        return session(**options)

    monkeypatch.setattr(boto3, "Session", counted)
    target = of_folder("dev")
    assert [target.client(name).meta.region_name for name in ("sqs", "lambda")] == ["eu-west-1"] * 2
    assert sessions == [{"profile_name": "acme", "region_name": "eu-west-1"}]


def test_the_operators_own_credentials_come_first(
    dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's profile is for whoever has chosen none."""
    assert dev
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    client = of_folder("dev").client("sqs")
    assert client._request_signer._credentials.access_key == "of-the-operator"


def test_the_local_stack_is_a_target(dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own region and credentials, whatever the folder says of AWS."""
    assert dev
    monkeypatch.setattr(LocalStack, "current", lambda _: SimpleNamespace(port=4999))
    monkeypatch.setattr(deployment, "deployments", lambda _: [])
    monkeypatch.setattr(Deployment, "outputs", lambda _: {"sqs_queue_url": "http://queue"})
    target = of_stack()
    assert target.require("sqs_queue_url") == ("http://queue",)
    assert (target.settings.project, target.settings.profile) == ("acme", None)
    client = target.client("sqs")
    assert client.meta.endpoint_url == "http://127.0.0.1:4999"
    assert client.meta.region_name == target.settings.region == "us-east-1"
    with pytest.raises(OperatorError, match="the local stack has no output alarm_names; apply it"):
        target.require("alarm_names")


@pytest.mark.parametrize("name", ["dev", "of 'ours'"])
def test_command_lines_about_a_target_can_be_pasted(dev: Path, name: str) -> None:
    """A shell splits them into the words that name the same target."""
    dev.rename(dev.with_name(name))
    target = of_folder(name)
    words = ["python", "-m", "scripts.dlq", "redrive", "--id", "a b", "--env", name]
    assert shlex.split(target.command("dlq", "redrive", "--id", "a b")) == words
    assert shlex.split(target.apply) == ["terraform", f"-chdir=environments/{name}", "apply"]


@pytest.mark.parametrize("tool", ["scripts.target.options", "scripts.commands.__main__"])
def test_a_tool_that_asks_nothing_of_aws_starts_without_it(tool: str) -> None:
    """boto3, Terraform and the local stack are imported where they are used."""
    heavy = ("boto3", "botocore", "scripts.build.terraform.runner", "scripts.stack.stack")
    code = f"import sys, {tool}; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"


def test_the_local_stack_means_what_was_applied_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several environments, previews aside; --env names another one."""
    stack = LocalStack(tmp_path / "stack", 4999)
    for seconds, (name, environment) in enumerate(
        [("dev", "dev"), ("qa", "qa"), ("pr-7", "preview")]
    ):
        folder = tmp_path / "stack/deployments" / name
        (folder / "environments" / environment).mkdir(parents=True)
        (folder / "environments" / environment / "terraform.tfstate").touch()
        (folder / "stack").touch()
        os.utime(folder / "stack", (seconds, seconds))
    monkeypatch.setattr(Deployment, "belongs_to_stack", lambda _: True)

    assert deployment.last_applied(stack).environment == "qa"
