"""``python -m scripts.build.terraform``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.terraform.__main__ import main

if TYPE_CHECKING:
    import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def terraform(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the tool as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.build.terraform", *args],
        cwd=REPOSITORY,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_mirror_that_is_none_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Errors of the preparation look like those of every tool."""
    monkeypatch.setenv("TF_PROVIDER_MIRROR", str(tmp_path))
    assert main([f"-chdir={tmp_path}", "init"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: TF_PROVIDER_MIRROR is")
    assert err.count("\n") == 1


def test_the_exit_code_is_terraforms(tmp_path: Path) -> None:
    """Unknown options and failures pass through."""
    (tmp_path / "main.tf").write_text("a=1\n")
    assert terraform(f"-chdir={tmp_path}", "fmt", "-check").returncode == 3


def test_help_is_terraforms_help() -> None:
    """The tool has no options of its own."""
    result = terraform("plan", "--help")
    assert "Usage: terraform" in result.stdout
    assert result.returncode == 0


def test_nothing_but_init_needs_providers(tmp_path: Path) -> None:
    """`fmt` works without a source of providers, and a missing configuration file is no news."""
    result = terraform(
        "version", TF_PROVIDER_MIRROR=str(tmp_path), TF_CLI_CONFIG_FILE="/no/such/file"
    )
    assert result.stdout.startswith("Terraform v")
    assert (result.returncode, result.stderr) == (0, "")


def test_terraform_takes_over_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments arrive as they were given, `--` and unknown options included."""
    taken: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _, arguments, __: taken.append(arguments))
    arguments = ["-chdir=x", "apply", "-auto-approve", "-var", "a=b c", "--", "plan.out"]
    assert main(arguments) == 0
    assert taken == [["terraform", *arguments]]
