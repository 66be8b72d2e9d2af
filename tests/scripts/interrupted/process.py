"""A tool as a process of its own, and Ctrl-C for it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

REPOSITORY = Path(__file__).resolve().parents[3]
# An interrupted tool ends within a second; the rest is for a machine that is busy.
MOST_SECONDS = 2.0
STARTED_SECONDS = 30.0
# How many of twenty moments each interruption is tried at; `make test-long` tries all.
TIMES = int(os.environ.get("INTERRUPTIONS", "2"))
MOMENTS = range(0, 20, 20 // TIMES)


@dataclass(frozen=True)
class Ended:
    """What an interrupted tool left behind.

    `seconds` are those since the first Ctrl-C, but for those in which it waited for a processor
    that others had.
    """

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
    with _Starved(process.pid) as starved:
        _press(process, number)
        if again_after is not None:
            time.sleep(again_after)
            _press(process, number)
        out, err = process.communicate(timeout=STARTED_SECONDS)
    took = time.monotonic() - began
    return Ended(process.returncode, out, err, took - starved.seconds)


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


@dataclass
class _Starved:
    """How long the threads of a process were ready to run, and did not; 0 where nobody counts it.

    A process that hangs is not ready to run.
    https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
    """

    pid: int
    _first: dict[str, int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._first = self._look()
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        waited = (last - self._first.get(thread, 0) for thread, last in self._last.items())
        return sum(waited) / 1e9

    def _follow(self) -> None:
        while not self._over.wait(0.02):
            self._last |= self._look()

    def _look(self) -> dict[str, int]:
        found = {}
        # Threads come and go, and so does the process.
        with contextlib.suppress(OSError, ValueError, IndexError):
            for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
                found[path.parent.name] = int(path.read_text().split()[1])
        return found
