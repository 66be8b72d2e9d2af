"""Whether a loopback port is free, and who holds it if not."""

from __future__ import annotations

import shutil
import socket
import subprocess

from scripts.errors import OperatorError
from scripts.stack.running import emulators

MAX_PORT = 65535


def require_free_port(port: int) -> None:
    """Raise OperatorError with the way out if the emulator cannot listen on the port."""
    if not 1 <= port <= MAX_PORT:
        message = f"port {port} does not exist; choose one between 1024 and {MAX_PORT}"
        raise OperatorError(message)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As a server does it: ports in TIME_WAIT are free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            message = f"port {port} needs root rights; run: make up LOCAL_PORT=4566"
            raise OperatorError(message) from None
        except OSError:
            other = port + 1 if port < MAX_PORT else 4566
            message = f"port {port} is taken{_taken(port)}, or run: make up LOCAL_PORT={other}"
            raise OperatorError(message) from None


def _taken(port: int) -> str:
    """By whom, and what to do about it."""
    for one in emulators():
        if one.port == port:
            whose = f"the local stack of {one.folder} (pid {one.process.pid})"
            return f" by {whose}; run make down there"
    return f"{_holder(port)}; stop that program"


def _holder(port: int) -> str:
    """The holder of the port in words, where a tool at hand can tell."""
    if shutil.which("lsof"):
        answer = _output("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc")
        fields = {line[:1]: line[1:] for line in answer.splitlines()}
        if "p" in fields:
            return f" by {fields.get('c', 'a program')} (pid {fields['p']})"
    if shutil.which("ss"):
        answer = _output("ss", "-Hltnp", f"sport = :{port}")
        _, found, users = answer.partition('users:(("')
        if found:
            name, _, rest = users.partition('"')
            return f" by {name} (pid {rest.partition('pid=')[2].partition(',')[0]})"
    return ""


def _output(*command: str) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout
