"""The local stack's lifecycle: one emulator per state directory, on loopback only."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import click

from scripts import interrupts
from scripts.errors import OperatorError
from scripts.stack.interruption import resumable
from scripts.stack.lock import changing
from scripts.stack.port import require_free_port
from scripts.stack.process import (
    ROOT,
    ProcessGroup,
    emulator_environ,
    require_installed,
    spawn,
)
from scripts.stack.running import Running, emulators_of, end_terraform_below, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEFAULT_STATE_DIR = ROOT / ".local" / "stack"
DEFAULT_PORT = 4566
START_SECONDS = 60.0
STOP_SECONDS = 5.0
_POLL_SECONDS = 0.1
_LOG_LINES = 5


@dataclass
class LocalStack:
    """An emulator that is started, found again by later commands, and stopped without a trace.

    `say` gets the rare line that is neither result nor error: that stale state was cleaned up.
    """

    state_dir: Path = DEFAULT_STATE_DIR
    port: int = DEFAULT_PORT
    say: Callable[[str], None] = field(default=click.echo, repr=False)

    @classmethod
    def at(cls, port: int | None = None, state_dir: Path = DEFAULT_STATE_DIR) -> LocalStack:
        """The stack on this port; without one on the port that it runs on, or ran on until a crash.

        The only place that decides this: a stack that was never started gets DEFAULT_PORT.
        """
        stack = cls(state_dir)
        known = read(stack._state_path)
        stack.port = port or (known.port if known else DEFAULT_PORT)
        return stack

    @property
    def endpoint(self) -> str:
        """The URL for every AWS service; an IP address, or S3 would put bucket names before it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables that point any AWS client at this stack."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",  # boto3 ignores the other one
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def log_path(self) -> Path:
        """The emulator's own log."""
        return self.state_dir / "emulator.log"

    @property
    def deployments(self) -> Path:
        """Where environments are applied from; their states go with the emulator."""
        return self.state_dir / "deployments"

    @property
    def _state_path(self) -> Path:
        return self.state_dir / "stack.json"

    @property
    def _temporary(self) -> Path:
        return self.state_dir / "tmp"

    @property
    def lock_path(self) -> Path:
        """The lock file, outside everything that a start, a stop or a hand deletes."""
        kept = self.state_dir.parent if self.state_dir == DEFAULT_STATE_DIR else self.state_dir
        return kept.with_name(f"{kept.name}.lock")

    @contextlib.contextmanager
    def changing(self, command: str) -> Iterator[None]:
        """Held while `command` changes the stack; OperatorError while another one does.

        Whoever interrupts it is told how far it came, and to run `command` again.
        """
        port = "" if self.port == DEFAULT_PORT else f" LOCAL_PORT={self.port}"
        with resumable(f"{command}{port}"), changing(self.lock_path, command):
            yield

    def current(self) -> Running | None:
        """The emulator that runs for this state directory, on whatever port."""
        known = read(self._state_path)
        return known if known and known.process.alive() else None

    def find(self) -> Running | None:
        """The emulator that runs; from now on this stack is the one on its port."""
        if current := self.current():
            self.port = current.port
        return current

    def running(self) -> bool:
        """Whether this stack runs on this port."""
        current = self.current()
        return current is not None and current.port == self.port

    def start(self) -> None:
        """Start the emulator and wait until it answers; does nothing when it already runs.

        Raises OperatorError when the port is taken, the emulator crashes or stays silent.
        """
        with self.starting():
            pass

    @contextlib.contextmanager
    def starting(self) -> Iterator[None]:
        """As `start`, but the body is done while the emulator starts; it fails with the body."""
        if current := self.current():
            if current.port != self.port:
                raise OperatorError(
                    f"the local stack is already running on port {current.port}; unset LOCAL_PORT,"
                    " or first run: make down"
                )
            yield
            self._await_health(current.process)
            return
        if self._state_path.exists():
            self.say("Removed the remains of a local stack that did not shut down cleanly.")
        self._end()
        require_installed()
        require_free_port(self.port)
        self._temporary.mkdir(parents=True)
        instance = f"local-stack-{uuid.uuid4().hex}"
        environ = emulator_environ(self.port, self._temporary.resolve())
        folder = self.state_dir.resolve()
        try:
            with interrupts.deferred():
                process = spawn(self.port, instance, folder, self.log_path, environ)
                Running(process, self.port, time.time()).write(self._state_path)
            yield
            self._await_health(process)
        except OperatorError:
            self._end(keep_log=True)
            raise
        except BaseException:  # Ctrl-C above all: leave nothing behind
            self._end()
            raise

    def stop(self) -> bool:
        """End the emulator with all workers and remove its files; False if no emulator ran.

        What was applied goes with it: the copies of environments, and their states.
        """
        ran = self.current() is not None
        return self._end() or ran

    def last_log_lines(self, count: int = _LOG_LINES) -> list[str]:
        """The end of the emulator's log, without empty lines."""
        if not self.log_path.exists():
            return []
        lines = self.log_path.read_text(errors="replace").splitlines()
        return [line for line in lines if line.strip()][-count:]

    def _await_health(self, process: ProcessGroup) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not process.alive():
                raise OperatorError(f"the emulator crashed while starting: {self._log_end()}")
            if self._healthy():
                return
            time.sleep(_POLL_SECONDS)
        message = f"the emulator does not answer on {self.endpoint}: {self._log_end()}"
        raise OperatorError(message)

    def _healthy(self) -> bool:
        # Not urllib: that would ask the user's HTTP proxy for a loopback address.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _log_end(self) -> str:
        lines = " | ".join(self.last_log_lines()) or "its log is empty"
        return f"{lines} (log: {self.log_path})"

    def _end(self, *, keep_log: bool = False) -> bool:
        """End everything of this stack; whether there was an emulator without a state file."""
        end_terraform_below(self.deployments)
        if known := read(self._state_path):
            known.process.end(STOP_SECONDS)
        forgotten = emulators_of(self.state_dir)
        for emulator in forgotten:
            emulator.process.end(STOP_SECONDS)
        if forgotten:
            self.say("Stopped processes of a local stack whose files were deleted.")
        self._clean(keep_log=keep_log)
        return bool(forgotten)

    def _clean(self, *, keep_log: bool = False) -> None:
        shutil.rmtree(self._temporary, ignore_errors=True)
        shutil.rmtree(self.deployments, ignore_errors=True)
        self._state_path.unlink(missing_ok=True)
        if not keep_log:
            self.log_path.unlink(missing_ok=True)
        # Only what this class made is removed: a wrong directory costs nobody their files.
        _remove_if_empty(self.state_dir)
        if self.state_dir == DEFAULT_STATE_DIR:
            _remove_if_empty(self.state_dir.parent)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
