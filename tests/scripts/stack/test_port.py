"""Which port the local stack is on, and which environment it gets: decided once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.settings import api_environment
from scripts.stack.process import ProcessGroup
from scripts.stack.running import Running
from scripts.stack.stack import DEFAULT_PORT, LocalStack

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stack_that_never_ran_has_the_default_port(tmp_path: Path) -> None:
    """Which is that of other emulators, too."""
    assert LocalStack.at(None, tmp_path).port == DEFAULT_PORT


def test_the_port_is_named_once(tmp_path: Path) -> None:
    """Later commands find it, after a crash as well; an explicit one is always meant."""
    Running(ProcessGroup(2**22, "gone"), 4567, 0.0).write(tmp_path / "stack.json")

    assert LocalStack.at(None, tmp_path).port == 4567
    assert LocalStack.at(4999, tmp_path).port == 4999


def test_only_a_folder_with_an_api_is_applied(tmp_path: Path) -> None:
    """A misspelt name never means dev."""
    for name, output in {
        "bootstrap": "state_bucket",
        "qa": "commands_endpoint",
        "preview": 'commands_endpoint" {}\noutput "preview_url',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "outputs.tf").write_text(f'output "{output}" {{}}\n')

    assert api_environment("qa", tmp_path) == "qa"
    for name in ("moon", "bootstrap", "preview", "", "../qa"):
        with pytest.raises(OperatorError, match=r"not found; environments with an API: qa$"):
            api_environment(name, tmp_path)
