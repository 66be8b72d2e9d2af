"""Ctrl-C ends a tool without a traceback, at whatever moment it comes."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


def end_silently() -> None:
    """Let SIGINT end this process at once, while it has nothing to clean up or to report.

    A process that was started to ignore SIGINT (nohup) goes on ignoring it.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def as_exception() -> Iterator[None]:
    """While this lasts, SIGINT is KeyboardInterrupt; before and after, it ends the process."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        # Whoever presses twice may do so right here.
        while signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
            with contextlib.suppress(KeyboardInterrupt):
                signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def told(tell: Callable[[], None]) -> Iterator[None]:
    """While this lasts, the first SIGINT only calls `tell`; a second one ends the process."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        tell()

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """While this lasts, the first SIGINT waits for its end; a second one ends the process.

    For `subprocess.Popen`: interrupted after its fork, it forgets the child.
    """
    pressed: list[bool] = []
    with told(lambda: pressed.append(True)):
        yield
    if pressed:
        signal.raise_signal(signal.SIGINT)
