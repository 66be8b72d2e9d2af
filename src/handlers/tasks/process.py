"""A task as a process of the local stack, with the container's files and environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from command_api import Rejected, Retryable

if TYPE_CHECKING:
    from handlers.tasks.task import Task

PACKAGE = "container_task"
# A laptop has no room for more.
MOST = 4
# Kept, because a task ends as soon as this end of its standard input is closed.
_running: list[subprocess.Popen[bytes]] = []
_lock = Lock()


def start(task: Task, source: str) -> str:
    """Start the task from the folder with its package, and return the name of its process.

    It ends with this process, whatever ends that: its standard input is a pipe that nobody else
    holds. Raises Rejected where there is no such package, and Retryable where others are running.
    """
    if not Path(source, PACKAGE, "__main__.py").is_file():
        text = "There is no task to start here: a local process needs the local stack."
        raise Rejected(text, code="tasks_not_configured")
    with _lock:
        for ended in [one for one in _running if one.poll() is not None]:
            _running.remove(ended)
            if ended.stdin is not None:
                ended.stdin.close()
        if len(_running) >= MOST:
            text = f"{MOST} tasks are running on the local stack."
            raise Retryable(text, code="task_not_started", after=5)
        process = subprocess.Popen(
            [sys.executable, "-m", PACKAGE],
            # As in a container: nothing of this function's, least of all its role.
            env={**task.environment, "PYTHONPATH": source, "TASK_ENDS_WITH_INPUT": "true"},
            stdin=subprocess.PIPE,
            # The emulator speaks to the function by standard output.
            stdout=subprocess.DEVNULL,
        )
        _running.append(process)
    return f"process {process.pid}"
