"""How often a command is tried, and how long a message waits in between."""

from __future__ import annotations

from dataclasses import dataclass

# SQS hides a message for 12 hours at most, counted from its receive, and an invocation may take 15
# minutes of them.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
LONGEST_WAIT_SECONDS = 11.75 * 60 * 60
# A message that comes back for no fault of its command: soon at first, then every few minutes.
_TROUBLE_BASE_SECONDS, _TROUBLE_CAP_SECONDS = 2.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a command is tried, and how long it waits in between (seconds).

    The defaults spread three attempts over 45 to 90 seconds: a partner's restart fits in. Each
    slice of a command that continues has as many; `max_slices` is how often it may continue.
    """

    max_attempts: int = 3
    base_seconds: float = 30.0
    cap_seconds: float = 300.0
    max_slices: int = 1_000

    def delay(self, attempt: int, *, spread: float) -> float:
        """Seconds to wait after the given attempt (1-based); `spread` is random, 0 to 1."""
        return _backoff(attempt, self.base_seconds, self.cap_seconds, spread)


def trouble_delay(receives: int, *, spread: float) -> float:
    """Seconds that a message waits which was not run for want of something else.

    It grows with the receives, up to five minutes; `spread` is random, 0 to 1.
    """
    return _backoff(receives, _TROUBLE_BASE_SECONDS, _TROUBLE_CAP_SECONDS, spread)


def _backoff(number: int, base: float, cap: float, spread: float) -> float:
    """Exponential with a jitter of half: the retries of a failed dependency must not meet.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("equal jitter")
    """
    longest = min(cap, base * 2.0 ** min(max(number - 1, 0), 32), LONGEST_WAIT_SECONDS)
    return longest / 2 * (1 + spread)
