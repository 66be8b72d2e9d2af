"""Not faster than asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Pace:
    """At most `rate` messages a second; no limit where it is None."""

    rate: int | None
    _due: float = 0.0

    @property
    def step(self) -> int:
        """How many to send at once: what a second may have, so that a slow pace is an even one."""
        return 10 if self.rate is None else min(10, self.rate)

    def wait(self, number: int) -> None:
        """Return when so many messages more may be sent."""
        if self.rate is None:
            return
        now = time.monotonic()
        if self._due > now:
            time.sleep(self._due - now)
        self._due = max(self._due, now) + number / self.rate
