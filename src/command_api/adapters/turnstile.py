"""Something that many threads want and that is done once in a while."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Turnstile:
    """Tells one in `pause` seconds to go first; whoever comes meanwhile waits until it is back.

    The clock is the wall's: the other one may stand still while Lambda freezes the process.
    """

    def __init__(self, pause: float, clock: Callable[[], float] = time.time) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._last: float | None = None

    def __enter__(self) -> bool:
        """Whether this one goes first; it counts even where it fails."""
        self._lock.acquire()
        now = self._clock()
        first = self._last is None or not 0 <= now - self._last < self._pause
        if first:
            self._last = now
        return first

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The next one, please."""
        self._lock.release()
