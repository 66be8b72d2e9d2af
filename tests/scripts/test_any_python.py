"""`python -m scripts.…` works with any Python, or says in one line which one to take."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of one tool."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for name in ("__init__.py", "interrupts.py"):
        shutil.copy2(ROOT / "scripts" / name, scripts)
    (scripts / "tool.py").write_text("print('the tool runs')\n")
    return tmp_path


def run(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The tool with an argument, by the Python of the tests."""
    return subprocess.run(
        [sys.executable, *options, "-m", "scripts.tool", "two words"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_with_the_packages_is_as_good_as_any(tree: Path) -> None:
    """It need not be the one in .venv."""
    assert run(tree).stdout == "the tool runs\n"


def test_a_python_without_the_packages_hands_over_to_the_one_of_make(tree: Path) -> None:
    """With the same words."""
    python = tree / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    python.chmod(0o755)

    # -S: no packages.
    assert run(tree, "-S").stdout == "-m|scripts.tool|two words|"


def test_without_either_it_says_what_to_run(tree: Path) -> None:
    """One line, no traceback."""
    done = run(tree, "-S")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "make tools" in done.stderr
