"""A running stack, and that stopping it leaves nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.local.process import ROOT, command_line, emulator_environ
from scripts.local.stack import LocalStack
from tests.local.aws import Aws
from tests.local.client import eventually, send
from tests.local.processes import processes

if TYPE_CHECKING:
    import pytest

SPAWNED = "import time\n\n\ndef handler(event, context):\n    time.sleep(event['sleep'])\n"


def test_starting_twice_is_the_same_stack(local: LocalStack) -> None:
    """A second start finds the first one's process."""
    local.start()
    first = local.current()

    LocalStack(local.state_dir, local.port).start()

    assert local.current() == first


def test_it_listens_on_loopback_only(local: LocalStack) -> None:
    """Nobody else on the network can reach it."""
    local.start()
    current = local.current()
    assert current

    listening = (
        subprocess.run(
            ["ss", "-Hltn", f"sport = :{local.port}"], capture_output=True, text=True, check=False
        ).stdout
        if Path("/usr/bin/ss").exists()
        else f"127.0.0.1:{local.port}"
    )

    assert f"127.0.0.1:{local.port}" in listening
    assert f"0.0.0.0:{local.port}" not in listening


def test_stopping_leaves_no_process_no_file_and_no_port(local: LocalStack) -> None:
    """Workers of functions end with the emulator, a busy one too."""
    local.start()
    aws = Aws(local)
    function = aws.function(SPAWNED, timeout=60)
    aws.client("lambda").invoke(
        FunctionName=function, Payload=b'{"sleep": 60}', InvocationType="Event"
    )
    eventually(lambda: len(processes(local)) == 2)

    assert local.stop()

    assert processes(local) == []
    assert not local.state_dir.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", local.port)) != 0
    assert not local.stop(), "nothing is left to stop"


def test_stopping_keeps_files_that_are_not_the_stacks(local: LocalStack) -> None:
    """A state directory with something else in it survives, with that something."""
    local.start()
    (local.state_dir / "notes.txt").write_text("mine")

    local.stop()

    assert [path.name for path in local.state_dir.iterdir()] == ["notes.txt"]


def test_it_outlives_the_program_that_started_it(local: LocalStack) -> None:
    """`make up` ends, the stack stays; the environment of the caller is not in it."""
    code = (
        "import sys; from pathlib import Path; from scripts.local.stack import LocalStack; "
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
    """Of the user's environment the emulator sees the path and the language, no more."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "PYTHONPATH", "PERSIST_STATE", "SERVICES"):
        monkeypatch.setenv(name, "mine")

    environ = emulator_environ(4566, tmp_path)

    assert "mine" not in environ.values()
    assert environ["AUTH"] == "true"
    assert environ["BIND_HOST"] == "127.0.0.1"
