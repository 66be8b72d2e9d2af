"""scripts/venv.sh: what it asks pip for, and when."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import eventually

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ".venv/lib/python3.11/site-packages"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one source, and an environment whose Python writes down its arguments."""
    root = tmp_path / "one tree"
    (root / "source").mkdir(parents=True)
    (root / "requirements.txt").write_text("click==8.4.2 --hash=sha256:0\n")
    (root / PACKAGES).mkdir(parents=True)
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >>calls\n')
    python.chmod(0o755)
    return root


def installed(tree: Path, *superset: str) -> list[str]:
    """Run the script; the installations that it asked for."""
    calls = tree / "calls"
    calls.write_text("")
    script = str(ROOT / "scripts/venv.sh")
    command = ["/bin/sh", script, ".venv", "requirements.txt", "source", *superset]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    return [line for line in calls.read_text().splitlines() if " install " in line]


def test_requirements_are_hashed_and_the_source_is_found_where_it_lies(tree: Path) -> None:
    """The source brings no requirement of its own: what it needs was locked."""
    (requirements,) = installed(tree)

    assert "--require-hashes --requirement requirements.txt" in requirements
    assert (tree / PACKAGES / "source.pth").read_text() == f"{tree / 'source'}\n"


def test_nothing_is_compiled_ahead(tree: Path) -> None:
    """Most modules of what is installed are never imported."""
    assert all("--no-compile" in one for one in installed(tree))


def test_what_is_installed_is_left_alone(tree: Path) -> None:
    """A change of the source is not one of its installation."""
    installed(tree)
    (tree / "source/code.py").write_text("")

    assert installed(tree) == []


def test_a_change_is_installed(tree: Path) -> None:
    """Of what is needed."""
    installed(tree)
    with (tree / "requirements.txt").open("a") as file:
        file.write("# changed\n")

    assert len(installed(tree)) == 1


def test_a_superset_that_is_installed_suffices(tree: Path) -> None:
    """`make up` after `make check` installs nothing; a change of either is installed."""
    superset = tree / "requirements.txt"
    installed(tree)
    superset.rename(tree / "superset.txt")
    superset.write_text("click==8.4.2\n")

    assert installed(tree, "superset.txt") == []
    (tree / "superset.txt").write_text("newer\n")
    assert len(installed(tree, "superset.txt")) == 1


def test_the_tests_install_whatever_the_tools_install() -> None:
    """With the same pins; the Makefile names them as the superset."""
    tools, tests = (
        {line.split()[0] for line in (ROOT / path).read_text().splitlines() if line[:1].isalnum()}
        for path in ("scripts/requirements.txt", "tests/requirements.txt")
    )
    assert tools
    assert tools <= tests


def refused(tree: Path, **environment: str) -> str:
    """Run the script where nothing is installed; what it says, which must be a refusal."""
    shutil.rmtree(tree / ".venv", ignore_errors=True)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/venv.sh"), ".venv", "requirements.txt"],
        cwd=tree,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_a_python_that_cannot_be_used_is_named(tree: Path) -> None:
    """Nothing else is taken in its place."""
    assert refused(tree, PYTHON="/nowhere/python") == (
        "PYTHON=/nowhere/python is not Python 3.11 or newer.\n"
    )


def test_a_folder_that_cannot_be_made_is_no_missing_module(tree: Path) -> None:
    """The reason is Python's own."""
    shutil.rmtree(tree / ".venv")
    (tree / "file").touch()
    (tree / ".venv").symlink_to("file")
    python = f"{sys.base_prefix}/bin/python3"
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/venv.sh"), ".venv", "requirements.txt"],
        cwd=tree,
        env={**os.environ, "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith(".venv could not be created; see the lines above.\n")
    assert "apt" not in done.stderr


def test_a_copied_tree_gets_its_own_source(tree: Path) -> None:
    """Else the copy would run the code of the tree that it was copied from."""
    installed(tree)
    copy = tree.parent / "copy"
    shutil.copytree(tree, copy)

    assert len(installed(copy)) == 1
    assert (copy / PACKAGES / "source.pth").read_text() == f"{copy / 'source'}\n"


def test_ctrl_c_is_one_line_and_the_next_run_installs(tree: Path) -> None:
    """Without the traceback of pip, which a terminal interrupts as well."""
    python = tree / ".venv/bin/python"
    good = python.read_text()
    slow = "from pathlib import Path; import time; Path('ready').touch(); time.sleep(60)"
    python.write_text(f'{good}case "$*" in *install*) exec {sys.executable} -c "{slow}";; esac\n')
    process = subprocess.Popen(
        ["/bin/sh", str(ROOT / "scripts/venv.sh"), ".venv", "requirements.txt"],
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    eventually((tree / "ready").exists)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said.split("\n") == [
        "",
        "Interrupted while installing requirements.txt. Run the same command again.",
        "",
    ]
    python.write_text(good)
    assert len(installed(tree)) == 1
