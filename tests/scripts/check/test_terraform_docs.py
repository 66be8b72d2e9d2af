"""The READMEs against terraform-docs, played here by a script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.build.check.terraform_docs import main

if TYPE_CHECKING:
    from pathlib import Path

README = """
<!-- inputs -->
| `name` | Name. | `string` | required |
<!-- /inputs -->
<!-- outputs -->
| `arn` | ARN. |
<!-- /outputs -->
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module's folder, and a terraform-docs that prints the folder's docs.json."""
    tool = tmp_path / "bin" / "terraform-docs"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\ncat "$2/docs.json" || exit 1\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "README.md").write_text(README)
    return folder


def found(module: Path, inputs: list[str], outputs: list[str]) -> None:
    """Let terraform-docs find these names."""
    document = {"inputs": [{"name": n} for n in inputs], "outputs": [{"name": n} for n in outputs]}
    (module / "docs.json").write_text(json.dumps(document))


def test_a_missing_variable_is_named(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only one of the two knows is an error of one line."""
    found(module, ["name", "size"], ["arn"])
    assert main([str(module)]) == 1
    assert "differ in the inputs size; run: make docs" in capsys.readouterr().err


def test_a_failing_tool_is_told(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where terraform-docs itself fails, its words are passed on."""
    assert main([str(module)]) == 1
    assert "terraform-docs failed on" in capsys.readouterr().err


def test_agreement_is_silent(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same names on both sides pass."""
    found(module, ["name"], ["arn"])
    assert main([str(module)]) == 0
    assert capsys.readouterr().out == ""
