"""Several deployments on one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.local import __main__
from scripts.local.preview import deployment
from scripts.stack.deployment import Deployment, remove_all
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
    remove_all(copies[0].stack)

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
