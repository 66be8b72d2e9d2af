"""Receivers that take long are called less often, so that they keep no others waiting.

An invocation lasts as long as its slowest call, and takes no other deliveries meanwhile. One
receiver that never answers would hold up all invocations, and all others with them.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from command_api.domain.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Whoever answers more quickly is called without limits, whatever the answer.
SLOW_SECONDS = 1.0
# A receiver is left alone for so many times what its call took: it gets a twentieth of a process.
PAUSES = 20


@dataclass(eq=False, repr=False)
class Circuits:
    """What a process knows of slow receivers, by host; `clock` and times are in seconds."""

    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = random.random
    _until: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def calling(self, host: str) -> Iterator[None]:
        """Around a call of a host; Retryable where it is left alone for now."""
        began = self.clock()
        left = self._until.get(host, began) - began
        if left > 0:
            text = "The receiver's host took too long for other deliveries, and was not called."
            raise Retryable(text, code="webhook_not_called", at_least=left)
        try:
            yield
        finally:
            self.note(host, self.clock() - began)

    def note(self, host: str, took: float) -> None:
        """Remember how long a call took."""
        if took < SLOW_SECONDS:
            self._until.pop(host, None)
            return
        # The processes that met a receiver together shall not come back to it together.
        self._until[host] = self.clock() + took * PAUSES * (0.5 + self.spread())
