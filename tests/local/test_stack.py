"""A running stack, and that stopping it leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from scripts.stack.process import ROOT, command_line, emulator_environ
from scripts.stack.stack import LocalStack
from tests.live import eventually
from tests.local.aws import Aws
from tests.local.client import send
from tests.local.processes import processes

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BUSY = """
import os, pathlib, time

def handler(event, context):
    pathlib.Path(os.environ["TMPDIR"], "busy").touch()
    time.sleep(60)
"""


def keep_a_worker_busy(local: LocalStack) -> None:
    """Start a function that sleeps, and wait until it does."""
    aws = Aws(local)
    function = aws.function(BUSY, timeout=60)
    aws.client("lambda").invoke(FunctionName=function, InvocationType="Event")
    eventually((local.state_dir / "tmp" / "busy").exists)
    # The emulator, what it forks functions from, and the function.
    assert len(processes(local)) == 3


def test_starting_twice_is_the_same_stack(local: LocalStack) -> None:
    """A second start finds the first one's process."""
    local.start()
    first = local.current()

    LocalStack(local.state_dir, local.port).start()

    assert local.current() == first


def test_it_listens_on_loopback_only(local: LocalStack) -> None:
    """A server on all addresses would answer on every other loopback address too."""
    local.start()

    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex(("127.0.0.2", local.port)) != 0


def test_stopping_leaves_no_process_no_file_and_no_port(local: LocalStack) -> None:
    """Workers of functions end with the emulator, a busy one too."""
    local.start()
    keep_a_worker_busy(local)

    assert local.stop()

    assert processes(local) == []
    assert not local.state_dir.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", local.port)) != 0
    assert not local.stop(), "nothing is left to stop"


def test_workers_that_outlive_a_crash_are_ended_too(local: LocalStack) -> None:
    """The emulator was killed, its busy function was not: stopping finds it by its group."""
    local.start()
    current = local.current()
    assert current
    keep_a_worker_busy(local)
    os.kill(current.process.pid, signal.SIGKILL)
    eventually(lambda: local.current() is None)
    assert eventually(lambda: len(processes(local)) == 1)

    local.stop()

    assert eventually(lambda: processes(local) == [])
    assert not local.state_dir.exists()


def test_stopping_keeps_files_that_are_not_the_stacks(local: LocalStack) -> None:
    """A state directory with something else in it survives, with that something."""
    local.start()
    (local.state_dir / "notes.txt").write_text("mine")

    local.stop()

    assert [path.name for path in local.state_dir.iterdir()] == ["notes.txt"]


def test_it_outlives_the_program_that_started_it(local: LocalStack) -> None:
    """`make up` ends, the stack stays; the environment of the caller is not in it."""
    code = (
        "import sys; from pathlib import Path; from scripts.stack.stack import LocalStack; "
        f"LocalStack(Path(sys.argv[1]), {local.port}).start()"
    )
    environ = {**os.environ, "AWS_PROFILE": "mine", "PYTHONWARNINGS": "error"}
    subprocess.run(
        [sys.executable, "-c", code, str(local.state_dir)], cwd=ROOT, env=environ, check=True
    )

    assert local.running()
    health = send("GET", f"{local.endpoint}/_ministack/health")
    assert json.loads(health.text)["auth"] == "enabled"
    current = local.current()
    assert current
    assert current.process.instance in command_line(current.process.pid)
    assert time.time() - current.started < 60


def test_the_users_settings_stay_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the environment the emulator sees the path, the language and where to record, no more."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "PYTHONPATH", "PERSIST_STATE", "SERVICES"):
        monkeypatch.setenv(name, "mine")

    environ = emulator_environ(4566, tmp_path)

    assert "mine" not in environ.values()
    assert environ["AUTH"] == "true"
    assert environ["BIND_HOST"] == "127.0.0.1"
