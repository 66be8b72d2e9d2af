"""Terraform's runner with the real program, on roots that need no provider."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from scripts.build.terraform import Event, Terraform
from scripts.build.terraform.binary import terraform_binary
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeRoot = Callable[[str], Terraform]

ROOT = """
variable "size" {
  type    = number
  default = 3
}

variable "token" {
  type      = string
  default   = "s3cret"
  sensitive = true
}

resource "terraform_data" "this" {
  input = { size = var.size, list = ["a", "b"] }

  lifecycle {
    precondition {
      condition     = var.size < 10
      error_message = "size must be below 10,\\nfor example 3."
    }
  }
}

output "settings" { value = terraform_data.this.output }

output "token" {
  value     = var.token
  sensitive = true
}
"""


@pytest.fixture
def make_root(tmp_path: Path) -> MakeRoot:
    """Terraform in a directory with this configuration, for a user with a configuration."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".terraformrc").write_text("")

    def make(configuration: str, **environ: str) -> Terraform:
        directory = tmp_path / "root"
        directory.mkdir()
        (directory / "main.tf").write_text(textwrap.dedent(configuration))
        return Terraform(directory, {"PATH": os.environ["PATH"], "HOME": str(home), **environ})

    return make


def text_of(failure: pytest.ExceptionInfo[OperatorError]) -> str:
    """The one line of an error."""
    assert "\n" not in str(failure.value)
    return str(failure.value)


def test_a_failing_precondition_says_its_message_and_place(make_root: MakeRoot) -> None:
    """The author's words reach the operator, in one line, with file and line number."""
    root = make_root(ROOT)
    with pytest.raises(OperatorError) as failure:
        root.apply(None, "-var=size=12")
    expected = "size must be below 10, for example 3 (main.tf:18)"
    assert text_of(failure) == (f"terraform apply failed: Resource precondition failed: {expected}")


@pytest.mark.parametrize("action", ["plan_is_empty", "apply", "destroy"])
def test_a_broken_configuration_fails_every_action(action: str, make_root: MakeRoot) -> None:
    """Errors of the configuration are diagnostics like any other."""
    root = make_root('resource "terraform_data" "this" { input = nonsense.here }')
    with pytest.raises(OperatorError) as failure:
        getattr(root, action)()
    assert "(main.tf:1)" in text_of(failure)


def test_a_failed_command_raises_its_text(make_root: MakeRoot) -> None:
    """`run` gives Terraform's own words without its frame."""
    root = make_root('output "a" {')
    with pytest.raises(OperatorError) as failure:
        root.run("validate", "-no-color")
    line = text_of(failure)
    for words in ("terraform validate failed: ", "Unclosed configuration block (main.tf:1) There"):
        assert words in line
    assert "│" not in line


def test_an_unchecked_failure_is_the_callers_business(make_root: MakeRoot) -> None:
    """`check=False` returns the exit code and both outputs."""
    result = make_root("").run("nonsense", check=False)
    assert result.returncode == 1
    assert "no command named" in result.stdout + result.stderr


def test_an_option_that_does_not_exist_is_explained(make_root: MakeRoot) -> None:
    """What goes wrong before any JSON is written is not lost."""
    with pytest.raises(OperatorError) as failure:
        make_root("").apply(None, "-nonsense")
    assert "-nonsense" in text_of(failure)


def test_a_callback_that_fails_ends_terraform(make_root: MakeRoot) -> None:
    """Whatever happens in a progress display, no Terraform is left running."""
    root = make_root(ROOT)

    def refuse(_: Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        root.apply(refuse)
    assert not list(root.directory.glob("*.lock.info"))


def test_a_root_lives_from_init_to_destroy(make_root: MakeRoot) -> None:
    """Apply reports, the second plan is empty, a change is not, destroy leaves nothing."""
    root = make_root(ROOT)
    events: list[Event] = []
    root.init()
    assert not root.plan_is_empty()
    root.apply(events.append)
    kinds = [event.kind for event in events if event.address == "terraform_data.this"]
    assert kinds == ["planned_change", "apply_start", "apply_complete"]
    assert events[-2].kind == "change_summary"
    assert "1 added" in events[-2].message
    expected: dict[str, Any] = {"settings": {"size": 3, "list": ["a", "b"]}, "token": "s3cret"}
    assert root.output() == expected
    assert root.plan_is_empty()
    changes: list[Event] = []
    assert not root.plan_is_empty("-var=size=4", on_event=changes.append)
    assert [e.address for e in changes if e.kind == "planned_change"] == ["terraform_data.this"]
    root.destroy()
    assert root.output() == {}
    assert root.run("state", "list").stdout == ""


def test_arguments_that_a_user_keeps_for_handwork_do_not_interfere(tmp_path: Path) -> None:
    """TF_CLI_ARGS and a chosen workspace are for work by hand."""
    (tmp_path / "main.tf").write_text("")
    root = Terraform(
        tmp_path,
        {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TF_CLI_ARGS_apply": "-nonsense",
            "TF_CLI_ARGS": "-nonsense",
            "TF_WORKSPACE": "nowhere",
        },
    )
    root.apply()


@pytest.mark.parametrize(("own", "used"), [({}, "off"), ({"GOGC": "50"}, "50")])
def test_terraform_collects_less_garbage_unless_a_user_says_how_much(
    tmp_path: Path, own: dict[str, str], used: str
) -> None:
    """A value of the user's own shell wins."""
    assert Terraform(tmp_path, own).environ["GOGC"] == used


def test_a_missing_configuration_file_is_not_worth_a_warning(make_root: MakeRoot) -> None:
    """TF_CLI_CONFIG_FILE that names no file does not reach Terraform."""
    root = make_root("")
    noisy = Terraform(root.directory, {**os.environ, "TF_CLI_CONFIG_FILE": "/no/such/file"})
    assert noisy.run("version").stderr == ""


def test_the_binary_is_searched_on_the_callers_path(tmp_path: Path) -> None:
    """The environment that is passed in decides, not this process's."""
    program = tmp_path / "terraform"
    program.write_text('#!/bin/sh\necho \'{"terraform_version": "1.99.0"}\'\n')
    program.chmod(0o755)
    assert terraform_binary({"PATH": f"{tmp_path}:/usr/bin:/bin"}) == program
