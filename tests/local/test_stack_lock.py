"""One command at a time changes the stack."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.local.__main__ import main
from scripts.stack.process import ROOT
from scripts.stack.stack import LocalStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import subprocess, sys
from pathlib import Path
from scripts.stack.stack import LocalStack

with LocalStack(Path(sys.argv[1])).changing("make demo"):
    child = subprocess.Popen(
        ["sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holder(state_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds the lock until its input ends, and the child it has started."""
    command = [sys.executable, "-c", HOLD, str(state_dir)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        try:
            yield process, child
        finally:
            os.kill(child, signal.SIGKILL)
            process.communicate()


@pytest.mark.parametrize("command", ["demo", "up", "preview --pr 7", "preview-down --pr 7", "down"])
def test_a_second_command_is_refused_and_told_who_the_first_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Whatever changes the stack: one line, and the first one goes on to its end."""
    with holder(tmp_path / "stack") as (first, _):
        code = main(["--state-dir", str(tmp_path / "stack"), *command.split()])

    error = capsys.readouterr().err
    assert code == 1
    assert error.startswith(
        f'error: the local stack is being changed by "make demo" (pid {first.pid}, since '
    )
    assert error.endswith("); wait until it ends or stop it, then run the same command again\n")
    assert error.count("\n") == 1
    assert first.returncode == 0
    assert list(tmp_path.iterdir()) == [], "the lock file is gone with its holder"


def test_a_killed_holder_frees_the_lock_though_its_child_lives(tmp_path: Path) -> None:
    """The operating system frees it: children do not inherit it."""
    with holder(tmp_path / "stack") as (first, child):
        first.kill()
        first.wait()
        os.kill(child, 0)

        with LocalStack(tmp_path / "stack").changing("make up"):
            pass

    assert list(tmp_path.iterdir()) == []


def test_it_is_held_while_the_state_directory_is_deleted(tmp_path: Path) -> None:
    """The file is beside the directory."""
    stack = LocalStack(tmp_path / "stack")
    with stack.changing("make up"):
        stack.stop()
        with pytest.raises(OperatorError, match='by "make up"'), stack.changing("make down"):
            pass


def test_the_lock_of_a_clone_is_outside_what_is_deleted_by_hand() -> None:
    """`.local` goes, the lock stays, and git does not see it."""
    lock = LocalStack().lock_path

    assert lock == ROOT / ".local.lock"
    ignored = subprocess.run(["git", "check-ignore", "-q", str(lock)], cwd=ROOT, check=False)
    assert ignored.returncode == 0
