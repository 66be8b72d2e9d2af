"""Ctrl-C in the middle of an apply."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.live import eventually

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
REPOSITORY = Path(__file__).resolve().parents[3]
DEADLINE = 30.0


def wait_for(path: Path, process: subprocess.Popen[str]) -> str:
    """Poll until the file is there."""
    end = time.monotonic() + DEADLINE
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the provisioner has not started"
        time.sleep(0.02)
    return path.read_text()


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
    process = subprocess.Popen(
        [sys.executable, "-c", APPLY, tmp_path],
        cwd=REPOSITORY,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        terraform = int(wait_for(tmp_path / "pid", process))
        # when the terminal interrupts the whole process group
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
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
"""
TELL = """
import sys
from pathlib import Path
from scripts.build.terraform import Terraform

try:
    Terraform(Path(sys.argv[1])).apply()
except KeyboardInterrupt as interrupt:
    print(type(interrupt).__name__)
"""


@pytest.mark.parametrize(("presses", "raised"), [(1, "KeyboardInterrupt"), (2, "GaveUp")])
def test_terraform_gets_each_ctrl_c_once(tmp_path: Path, presses: int, raised: str) -> None:
    """One lets it save its state; a second one makes it give up, and the caller learns that."""
    # given a Terraform that takes its time
    (tmp_path / "terraform").write_text(STUBBORN)
    (tmp_path / "terraform").chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-c", TELL, tmp_path],
        cwd=REPOSITORY,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        terraform = int(wait_for(tmp_path / "pid", process))
        # when the terminal interrupts the whole process group
        for press in range(presses):
            os.killpg(process.pid, signal.SIGINT)
            eventually(partial(has_received, tmp_path, press + 1))
        (tmp_path / "end").touch()
        out, err = process.communicate(timeout=DEADLINE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    # then
    assert out == f"{raised}\n", err
    assert has_received(tmp_path, presses)
    assert not alive(terraform)


def has_received(folder: Path, signals: int) -> bool:
    """Whether the stubborn Terraform has received exactly so many."""
    file = folder / "interrupts"
    return len(file.read_text().splitlines() if file.exists() else []) == signals
