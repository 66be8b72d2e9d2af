"""A process that has imported boto3 and forks for each execution environment.

Runs by its path, `python fork_server.py CHANNEL`, so that a function's process has no module of
this distribution. Ends when the emulator closes the channel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

with contextlib.suppress(ImportError):  # where no function needs it
    import boto3  # noqa: F401 - to be there in each function's process

if TYPE_CHECKING:
    from collections.abc import Sequence

# More than the system takes for a message; the emulator starts a function itself whose environment
# is too large for one.
MAX_REQUEST_BYTES = 1 << 20


def wait_for_environment(channel: socket.socket) -> str:
    """Return the script to run, in a new process for each request."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        received, streams, _, _ = socket.recv_fds(channel, MAX_REQUEST_BYTES, 3)
        if not received:
            sys.exit()
        request = json.loads(received)
        if loaded & {path.name.partition(".")[0] for path in Path(request["folder"]).iterdir()}:
            channel.send(b"own")  # the function's code has one of these modules itself
        elif script := _fork(channel, request, streams):
            return script
        for stream in streams:
            os.close(stream)


def _fork(channel: socket.socket, request: dict[str, Any], streams: Sequence[int]) -> str:
    """Answer with a handle of the new process; in that process, return its script."""
    # A process that ended is kept until the handle is open.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        channel.close()
        return _become(request, streams)
    handle = os.pidfd_open(child)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    socket.send_fds(channel, [b"forked"], [handle])
    os.close(handle)
    return ""


def _become(request: dict[str, Any], streams: Sequence[int]) -> str:
    """Make this process what the emulator would have started."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    script: str = request["script"]
    sys.argv[:] = [script]
    sys.path[0] = str(Path(script).parent)
    return script


def _reap(*_: object) -> None:
    """Let processes that ended go."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    gc.freeze()  # what is loaded is shared as long as nobody writes to it
    runpy.run_path(
        wait_for_environment(socket.socket(fileno=int(sys.argv[1]))), run_name="__main__"
    )
