"""How often a command is tried, and how long it waits in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a command is tried, and how long it waits in between (seconds)."""

    max_attempts: int = 3
    base_seconds: float = 1.0
    cap_seconds: float = 300.0

    def delay(self, attempt: int, *, jitter: Callable[[float, float], float]) -> float:
        """Seconds to wait after the given attempt (1-based): exponential with full jitter.

        Full jitter keeps the retries of a failed dependency from arriving all at once; see
        "Exponential Backoff and Jitter" in the AWS Architecture Blog.
        """
        exponent = min(attempt - 1, 32)
        return jitter(0.0, min(self.cap_seconds, self.base_seconds * 2**exponent))
