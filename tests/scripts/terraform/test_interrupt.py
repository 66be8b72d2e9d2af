"""Ctrl-C in the middle of an apply."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
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
