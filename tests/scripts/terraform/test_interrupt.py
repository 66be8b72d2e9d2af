"""Ctrl-C in the middle of an apply."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.live import eventually
from tests.scripts.interrupted.process import started, wait_for

if TYPE_CHECKING:
    from pathlib import Path

ROOT = """
resource "terraform_data" "first" {}

resource "terraform_data" "slow" {
  depends_on = [terraform_data.first]

  provisioner "local-exec" {
    command = "echo $PPID > pid.new && mv pid.new pid && exec sleep 300"
  }
}
"""
APPLY = """
import sys
from pathlib import Path
import click
from scripts import cli
from scripts.build.terraform import Terraform

@click.command()
def apply():
    Terraform(Path(sys.argv[1])).apply()

sys.exit(cli.run(apply, []))
"""
DEADLINE = 30.0


def alive(pid: int) -> bool:
    """Whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_ends_terraform_cleanly(tmp_path: Path) -> None:
    """No process and no lock is left, what was created is in the state, and the code is 130."""
    # given an apply that hangs in its second resource
    (tmp_path / "main.tf").write_text(ROOT)
    with started("-c", APPLY, str(tmp_path)) as process:
        wait_for(process, (tmp_path / "pid").exists)
        # when the terminal interrupts the whole process group
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    terraform = int((tmp_path / "pid").read_text())
    # then
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Terraform is finishing" in err
    assert not alive(terraform)
    assert not list(tmp_path.glob(".*.lock.info"))
    assert '"name": "first"' in (tmp_path / "terraform.tfstate").read_text()


STUBBORN = """#!/bin/sh
if [ "$1" = version ]; then echo '{"terraform_version": "1.11.4"}'; exit; fi
trap 'echo >> interrupts; [ $(wc -l < interrupts) -ge 2 ] && exit 1' INT
echo $$ > pid.new && mv pid.new pid
while [ ! -e end ]; do sleep 0.02; done
echo '{"@message": "created", "type": "apply_complete"}'
"""
TELL = """
import sys
from pathlib import Path
from scripts.build.terraform import Terraform

try:
    Terraform(Path(sys.argv[1])).apply(lambda event: print(event.kind))
except KeyboardInterrupt as interrupt:
    print(type(interrupt).__name__)
"""


@pytest.mark.parametrize(
    ("presses", "said"), [(1, "apply_complete\nKeyboardInterrupt\n"), (2, "GaveUp\n")]
)
def test_terraform_gets_each_ctrl_c_once(tmp_path: Path, presses: int, said: str) -> None:
    """One lets it save its state, and is heard to its end; a second one makes it give up."""
    # given a Terraform that takes its time
    (tmp_path / "terraform").write_text(STUBBORN)
    (tmp_path / "terraform").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with started("-c", TELL, str(tmp_path), PATH=path) as process:
        wait_for(process, (tmp_path / "pid").exists)
        # when the terminal interrupts the whole process group
        for press in range(presses):
            os.killpg(process.pid, signal.SIGINT)
            eventually(partial(has_received, tmp_path, press + 1))
        (tmp_path / "end").touch()
        out, err = process.communicate(timeout=DEADLINE)
    terraform = int((tmp_path / "pid").read_text())
    # then
    assert out == said, err
    assert has_received(tmp_path, presses)
    assert not alive(terraform)


def has_received(folder: Path, signals: int) -> bool:
    """Whether the stubborn Terraform has received exactly so many."""
    file = folder / "interrupts"
    return len(file.read_text().splitlines() if file.exists() else []) == signals
