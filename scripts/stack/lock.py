"""One command at a time changes the local stack, and a second one learns who the first is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOTE_SECONDS = 1.0
_POLL_SECONDS = 0.02


@contextlib.contextmanager
def changing(path: Path, command: str) -> Iterator[None]:
    """Hold the lock file while the body runs; `command` is what a refused one reads.

    Raises OperatorError at once when another process holds it. The operating system frees the lock
    of a process that dies; processes that the holder starts do not inherit it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _locked(path)
    try:
        note = {"pid": os.getpid(), "command": command, "since": time.strftime("%H:%M:%S")}
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(note).encode())
        yield
    finally:
        # Removed while it is still held: whoever waits for this file finds that out, see _locked.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    """An open descriptor of the file, with the lock."""
    deadline = time.monotonic() + _NOTE_SECONDS
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            os.close(descriptor)
            # The note of a holder that was killed stays until its successor has written its own.
            if holder or time.monotonic() > deadline:
                by = holder or "another command"
                message = (
                    f"the local stack is being changed by {by}; wait until it ends or stop it,"
                    " then run the same command again"
                )
                raise OperatorError(message) from None
            time.sleep(_POLL_SECONDS)
            continue
        except BaseException:
            os.close(descriptor)
            raise
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # its last holder removed it between our open and our lock


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _holder(descriptor: int) -> str:
    """The holder in words; empty while the note is not its own."""
    try:
        note = json.loads(os.pread(descriptor, 4096, 0))
        os.kill(note["pid"], 0)
    except PermissionError:
        pass  # it lives, and is another user's
    except (ValueError, KeyError, TypeError, ProcessLookupError):
        return ""
    return f'"{note["command"]}" (pid {note["pid"]}, since {note["since"]})'
