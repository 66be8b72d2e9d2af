"""A tool as a process of its own, and Ctrl-C for it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parents[3]
# An interrupted tool ends within a second; the rest is for a machine that is busy.
MOST_SECONDS = 2.0
STARTED_SECONDS = 30.0
TIMES = 20


@dataclass(frozen=True)
class Ended:
    """What an interrupted tool left behind; `seconds` are those since the first Ctrl-C."""

    code: int
    out: str
    err: str
    seconds: float


@contextlib.contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Python with these arguments, at the head of a process group as under a shell."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "", "NO_PROXY": "*", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def interrupt(
    process: subprocess.Popen[str],
    *,
    again_after: float | None = None,
    number: int = signal.SIGINT,
) -> Ended:
    """Press Ctrl-C (or send another signal), perhaps twice, and wait for the end."""
    began = time.monotonic()
    _press(process, number)
    if again_after is not None:
        time.sleep(again_after)
        _press(process, number)
    out, err = process.communicate(timeout=STARTED_SECONDS)
    return Ended(process.returncode, out, err, time.monotonic() - began)


def wait_for(process: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    """Poll until something has happened."""
    end = time.monotonic() + STARTED_SECONDS
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the tool has not come that far"
        time.sleep(0.002)


def later() -> None:
    """Let a moment pass, another one each time."""
    time.sleep(random.uniform(0, 0.15))  # noqa: S311 - no secret


def _press(process: subprocess.Popen[str], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)
