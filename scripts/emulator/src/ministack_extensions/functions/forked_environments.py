"""Execution environments of Python functions, forked instead of started anew.

The emulator starts a Python for each environment. Most of such a cold start is the import of
boto3, which Lambda's runtime brings along. A fork server imports it once. On other systems than
Linux, and for code with modules of its own in place of loaded ones, environments start as the
emulator starts them.

One of the files that know the emulator from inside: nothing that it answers tells of a process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from ministack.core import lambda_runtime

from ministack_extensions.functions.shared_code import PYTHON_SCRIPT

SERVER = Path(__file__).with_name("fork_server.py")


def fork_environments() -> None:
    """Let every Python function of this process start from a fork server."""
    if sys.platform == "linux":  # has handles of processes that are not one's children
        processes = {**vars(subprocess), "Popen": ForkServer().start}
        lambda_runtime.subprocess = SimpleNamespace(**processes)


class ForkServer:
    """The emulator's side of the fork server, which starts with the first function."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str], **options: Any) -> Environment | subprocess.Popen[Any]:  # noqa: ANN401 - Popen's
        """Start what the emulator asks `subprocess.Popen` for."""
        script, environment = command[-1], options["env"]
        if Path(script).name == PYTHON_SCRIPT and "_LAMBDA_LAYERS_DIRS" not in environment:
            request = {"script": script, "folder": options["cwd"], "environment": environment}
            with contextlib.suppress(OSError):  # it was killed, or the environment is too large
                if forked := self._fork(json.dumps(request).encode()):
                    return forked
        return subprocess.Popen(command, **options)

    def close(self) -> None:
        """End the fork server; what it forked goes on."""
        if self._channel and self._process:
            self._channel.close()
            self._process.wait()
        self._channel = None

    def _fork(self, request: bytes) -> Environment | None:
        stdin, stdout, stderr = os.pipe(), os.pipe(), os.pipe()
        theirs = [stdin[0], stdout[1], stderr[1]]
        ours = [open(stdin[1], "w", buffering=1), open(stdout[0]), open(stderr[0])]  # noqa: PTH123, SIM115
        handles: list[int] = []
        try:
            with self._lock:
                channel = self._connect()
                try:
                    socket.send_fds(channel, [request], theirs)
                    _, handles, _, _ = socket.recv_fds(channel, 16, 1)
                except ConnectionError:
                    self.close()
                    raise
        finally:
            for stream in theirs:
                os.close(stream)
            if not handles:
                for file in ours:
                    file.close()
        return Environment(handles[0], *ours) if handles else None

    def _connect(self) -> socket.socket:
        if not self._channel:
            self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, SERVER, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
        return self._channel


class Environment:
    """The part of `subprocess.Popen` that the emulator uses, for a process of the fork server."""

    def __init__(self, handle: int, stdin: IO[str], stdout: IO[str], stderr: IO[str]) -> None:
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self._handle = handle
        weakref.finalize(self, os.close, handle)

    def poll(self) -> int | None:
        """None while it runs, then 0: only its parent hears how it ended."""
        return 0 if self._ended(within=0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, for `timeout` seconds at most."""
        if not self._ended(within=timeout):
            raise subprocess.TimeoutExpired("a function", timeout or 0)
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _ended(self, *, within: float | None) -> bool:
        handle = select.poll()  # for this call alone: another thread may ask meanwhile
        handle.register(self._handle, select.POLLIN)
        return bool(handle.poll(None if within is None else within * 1000))

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)
