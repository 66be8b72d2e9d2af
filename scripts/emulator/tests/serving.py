"""The emulator as a process of its own, as whoever installs the distribution runs it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.client import send
from tests.polling import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Served:
    """A running emulator; `folder` holds everything that it writes, its log included."""

    port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        """The URL for every AWS service."""
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """An emulator on a free port of the loopback, ended with its functions."""
    one = Served(_free_port(), folder)
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack_extensions", str(one.port), "tests"],
            cwd=folder,
            env=_environ(one),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: _answers(process, one), seconds=_START_SECONDS)
        yield one
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        # The functions' processes are in the same group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(process: subprocess.Popen[bytes], one: Served) -> bool:
    log = one.folder / "emulator.log"
    assert process.poll() is None, f"the emulator ended: {log.read_text(errors='replace')}"
    with contextlib.suppress(OSError):
        return send("GET", f"{one.endpoint}/_ministack/health").status == 200
    return False


def _environ(one: Served) -> dict[str, str]:
    """The settings that the README names, and nothing of the user's own."""
    passed = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        **passed,
        "AUTH": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": f"unix://{one.folder}/no-docker.sock",
        "GATEWAY_PORT": str(one.port),
        "HOME": str(one.folder),
        "IOT_MTLS_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(one.folder),
    }


def _free_port() -> int:
    while True:
        # Below those that the system gives to connections: they take such ports at any moment.
        number = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number
