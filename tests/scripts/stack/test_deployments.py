"""Several deployments on one stack."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from scripts.errors import OperatorError
from scripts.local import __main__
from scripts.local import preview as previews
from scripts.local.preview import deployment
from scripts.stack.deployment import Deployment
from scripts.stack.process import ROOT
from scripts.stack.stack import LocalStack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copies(tmp_path: Path) -> list[Deployment]:
    """Three deployments of dev, each with a copy that holds a state."""
    stack = LocalStack(tmp_path / "stack", 4567)
    made = [Deployment(stack, name=name) for name in ("dev", "pr-7", "pr-8")]
    for one in made:
        one.directory.mkdir(parents=True)
        (one.directory / "terraform.tfstate").write_text(one.name)
    return made


def states(copies: list[Deployment]) -> list[bool]:
    """Whether each still has its state."""
    return [(one.directory / "terraform.tfstate").exists() for one in copies]


def test_each_has_its_own_place(copies: list[Deployment]) -> None:
    """dev, pr-7 and pr-8 lie side by side, and one goes without the others."""
    copies[1].remove()

    assert states(copies) == [True, False, True]


def test_all_go_with_the_stack(copies: list[Deployment]) -> None:
    """Nothing is left of any."""
    copies[0].stack.stop()

    assert states(copies) == [False, False, False]
    assert not copies[0].directory.parent.exists()


def test_a_preview_is_as_old_as_its_first_deployment(tmp_path: Path) -> None:
    """Where nothing was applied, it is created now: a time in UTC, to the second."""
    variables = deployment(LocalStack(tmp_path, 4567), 7).variables

    assert variables["pr_number"] == 7
    created = str(variables["created_at"])
    assert (len(created), created[10], created[-1]) == (20, "T", "Z")


@pytest.mark.parametrize("command", ["up", "demo"])
def test_texts_of_exceptions_are_logged_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Where its developer would look for them; an environment on AWS starts without."""
    applied: list[Deployment] = []

    def deploy(_console: object, one: Deployment) -> dict[str, str]:
        applied.append(one)
        raise OperatorError("enough")

    monkeypatch.setattr(__main__, "deploy", deploy)
    assert __main__.main([command]) == 1
    assert [one.variables for one in applied] == [{"log_exception_text": True}]
    declared = (ROOT / "environments" / "dev" / "variables.tf").read_text("utf-8")
    assert 'variable "log_exception_text"' in declared


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("in-doubt", ""),
        ("environments/dev/errored.tfstate", "{}"),
        ("environments/dev/terraform.tfstate", '{"version": 4, "resour'),
    ],
)
def test_a_state_in_doubt_goes_with_the_whole_stack(
    copies: list[Deployment], file: str, content: str
) -> None:
    """The last run was killed, could not store the state, or was killed while it stored it."""
    dev = copies[0]
    assert not dev.start_over()
    assert states(copies) == [True, True, True]
    (dev.directory / file).parent.mkdir(parents=True, exist_ok=True)
    (dev.directory / file).write_text(content)

    assert dev.start_over()

    assert states(copies) == [False, False, False]
    assert not dev.in_doubt()


@pytest.mark.parametrize(
    "said",
    [
        "AlreadyExistsException: Alias already exists",
        "high would be deleted with the commands in it. First let it",
        "no such key",
    ],
)
def test_a_failed_apply_says_when_only_an_empty_emulator_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """What the emulator has and the state has not fails each apply, and so does a used queue."""
    dev = Deployment(LocalStack(tmp_path / "stack", 4567))
    dev.directory.mkdir(parents=True)

    def apply(_self: object, _take: object, *_options: str) -> None:
        raise OperatorError(f"terraform apply failed: {said}")

    monkeypatch.setattr(Deployment, "_follow_stack", lambda _self: None)
    monkeypatch.setattr(Deployment, "_copy", lambda _self: None)
    monkeypatch.setattr("scripts.build.terraform.runner.Terraform.init", lambda _self: None)
    monkeypatch.setattr("scripts.build.terraform.runner.Terraform.apply", apply)
    with pytest.raises(OperatorError) as refused:
        dev.apply()
    assert ("make down, then make up" in str(refused.value)) == (said != "no such key")


def test_a_terraform_that_outlived_its_command_is_ended(copies: list[Deployment]) -> None:
    """Else it would go on with what starts anew; that of another clone is left alone."""
    wait = [sys.executable, "-c", "import time; time.sleep(60)"]
    folders = (copies[0].directory, copies[0].directory.parent.with_name("other"))
    mine, other = (
        subprocess.Popen(
            [*wait, f"-chdir={folder.resolve()}/environments/dev"], start_new_session=True
        )
        for folder in folders
    )
    try:
        copies[0].stack.stop()
        mine.wait(10)
        assert other.poll() is None
    finally:
        for one in (mine, other):
            one.kill()
            one.wait()


def test_a_preview_in_doubt_is_down_once_the_stack_is_empty(
    copies: list[Deployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform could not destroy what it does not know."""
    stack = copies[1].stack
    started: list[bool] = []
    monkeypatch.setattr(LocalStack, "find", lambda _: True)
    monkeypatch.setattr(LocalStack, "start", lambda _: started.append(True))
    (copies[1].directory / "in-doubt").touch()

    assert previews.down(Console(), stack, 7)

    assert states(copies) == [False, False, False]
    assert started
