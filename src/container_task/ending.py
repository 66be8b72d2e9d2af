"""What ends a task from outside: its time, ECS, or the end of the function that started it."""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread, Timer
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class Interrupted(Exception):
    """ECS stops the task: it gets 30 seconds from SIGTERM on."""


def arrange(environ: Mapping[str, str]) -> None:
    """End this process when its time is over, or when nobody holds its input any more."""
    if environ.get("TASK_ENDS_WITH_INPUT") == "true":
        Thread(target=_until_closed, daemon=True).start()
    else:
        # The first process of a container ignores signals that it has no handler for.
        signal.signal(signal.SIGTERM, _interrupt)
    timer = Timer(float(environ["TASK_SECONDS"]), _end, ["its time is over"])
    timer.daemon = True
    timer.start()


def _until_closed() -> NoReturn:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _end("who started it has ended")


def _end(why: str) -> NoReturn:
    # Not by an exception: the main thread may hang.
    os.write(2, f"task ended: {why}\n".encode())
    os._exit(1)


def _interrupt(*_: object) -> NoReturn:
    raise Interrupted
