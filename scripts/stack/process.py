"""The emulator's process: started in its own session, found again, ended with all workers."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import OperatorError

ROOT = Path(__file__).resolve().parent.parent.parent
MODULE = "ministack_extensions"  # of scripts/emulator, which `make tools` installs
_PROC = Path("/proc/self/stat")
_THREADS = 17  # num_threads in /proc/PID/stat, counted from the state
_POLL_SECONDS = 0.02
# Of the user's environment; the last is a file to which the emulator appends all requests.
_PASSED = ("PATH", "LANG", "LC_ALL", "RECORD_REQUESTS")
_NAMELESS_SECONDS = 2.0


@dataclass(frozen=True)
class ProcessGroup:
    """A process at the head of its group, known by its id and by an argument of its own."""

    pid: int
    instance: str

    def alive(self) -> bool:
        """Whether it runs; a process id that now belongs to another program does not count."""
        deadline = time.monotonic() + _NAMELESS_SECONDS
        while _exists(self.pid):
            command = command_line(self.pid)
            # A process that just starts or ends has no command line for a moment.
            if command or time.monotonic() > deadline:
                return self.instance in command
            time.sleep(_POLL_SECONDS)
        return False

    def end(self, grace_seconds: float) -> None:
        """SIGTERM, wait, then SIGKILL for whatever is left of its process group.

        The emulator's workers are in the same group, as are Terraform's providers: none survives.
        """
        if not self.alive():
            # Workers may outlive a crash. A living process of that id would be somebody else's;
            # without one the group is still ours, since an id is not reused while its group lives.
            if not _exists(self.pid):
                _signal_group(self.pid, signal.SIGKILL)
            return
        _signal_group(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        _signal_group(self.pid, signal.SIGKILL)
        while self.alive():
            time.sleep(_POLL_SECONDS)


def require_installed() -> None:
    """Raise OperatorError with the way out if this Python does not have the emulator."""
    if importlib.util.find_spec(MODULE) is None:
        raise OperatorError("the emulator is not installed; run: make tools")


def spawn(
    port: int, instance: str, state_dir: Path, log: Path, environ: dict[str, str]
) -> ProcessGroup:
    """Start the emulator detached from this terminal, its output going to the log file.

    The state directory, absolute, is an argument so that the process list tells whose it is.
    """
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(port), instance, str(state_dir)],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # Popen would warn about a child that outlives it; here that is the point.
    child.returncode = 0
    return ProcessGroup(child.pid, instance)


def emulator_environ(port: int, temporary: Path) -> dict[str, str]:
    """The environment of the emulator, and with it of every function.

    Nothing of the user's AWS_*, PYTHON* or DOCKER_* settings comes through; home and temporary
    files are inside the state directory and vanish with it.
    """
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {
        **passed,
        "AUTH": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "BIND_HOST": "127.0.0.1",
        # The emulator would clean up containers of a Docker daemon that it finds.
        "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",
        "GATEWAY_PORT": str(port),
        "HOME": str(temporary),
        "IOT_MTLS_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(temporary),
    }


def command_lines() -> list[tuple[int, str]]:
    """The processes of this user by their ids."""
    if _PROC.exists():
        mine = [entry for entry in Path("/proc").glob("[0-9]*") if _owner(entry) == os.getuid()]
        return [(int(entry.name), command_line(int(entry.name))) for entry in mine]
    shown = subprocess.run(
        ["ps", "-ww", "-U", str(os.getuid()), "-o", "pid=,command="],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (line.split(None, 1) for line in shown.stdout.splitlines())
    return [(int(line[0]), line[1]) for line in lines if len(line) > 1]


def command_line(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if _PROC.exists():
        with contextlib.suppress(OSError):
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
            return arguments.replace(b"\0", b" ").decode(errors="replace")
        return ""
    return _ps(pid, "command=")


def _owner(entry: Path) -> int | None:
    try:
        return entry.stat().st_uid
    except OSError:
        return None


def _exists(pid: int) -> bool:
    """Whether the process still holds anything: a zombie has let go of its port and its files."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child would stay a zombie otherwise
    if _PROC.exists():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            # The first thread can be a zombie while others still hold the port.
            return fields[0] not in "ZX" or int(fields[_THREADS]) > 1
        return False
    state = _ps(pid, "stat=").strip()
    return bool(state) and not state.startswith("Z")


def _ps(pid: int, column: str) -> str:
    shown = subprocess.run(
        ["ps", "-ww", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
