"""Ctrl-C and SIGTERM end a run between two steps, not within one."""

from __future__ import annotations

import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@dataclass
class Stop:
    """Whether the run was asked to end; `code` is the exit code for that, 0 where it was not."""

    code: int = 0
    _deferring: int = 0

    @property
    def asked(self) -> bool:
        """True from the first signal on."""
        return self.code != 0

    @contextlib.contextmanager
    def between_steps(self) -> Iterator[None]:
        """While this lasts, the first signal is only noted; whoever works looks at `asked`."""
        self._deferring += 1
        try:
            yield
        finally:
            self._deferring -= 1

    def note(self, number: int, _: FrameType | None) -> None:
        """A signal: end at once, unless a step has to be completed before."""
        at_once = self.asked or not self._deferring
        self.code = 128 + number
        if at_once:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(self.code)


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """Listen to the two signals; a second one always ends the run where it is."""
    stop = Stop()
    before = {one: signal.signal(one, stop.note) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
