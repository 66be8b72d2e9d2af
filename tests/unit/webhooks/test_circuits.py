"""A slow receiver is left alone for a while, and all others are called."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from command_api.domain.errors import Retryable
from command_api.webhooks.circuits import PAUSES, SLOW_SECONDS, Circuits


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


@pytest.fixture
def circuits(clock: Clock) -> Circuits:
    """A process that has called nobody yet."""
    return Circuits(clock, lambda: 0.5)


def call(circuits: Circuits, clock: Clock, host: str, seconds: float) -> None:
    """Call a host that takes so long."""
    with circuits.calling(host):
        clock.now += seconds


def test_who_took_long_is_not_called_for_many_times_as_long(
    circuits: Circuits, clock: Clock
) -> None:
    """The delivery is a try later, no sooner than that; then the receiver is called again."""
    call(circuits, clock, "a.example", 5.0)

    with pytest.raises(Retryable) as skipped:
        call(circuits, clock, "a.example", 0.1)
    assert (skipped.value.code, skipped.value.at_least) == ("webhook_not_called", 5.0 * PAUSES)
    call(circuits, clock, "b.example", 0.1)
    clock.now += 5.0 * PAUSES
    call(circuits, clock, "a.example", 0.1)


def test_a_call_that_fails_counts_as_one_that_succeeds(circuits: Circuits, clock: Clock) -> None:
    """It is its time that others would have to wait for."""

    def fail(seconds: float) -> None:
        with circuits.calling("a.example"):
            clock.now += seconds
            raise Retryable("No answer.", code="webhook_unreachable")

    for _ in range(3):
        with pytest.raises(Retryable, match="No answer"):
            fail(SLOW_SECONDS / 2)
    with pytest.raises(Retryable, match="No answer"):
        fail(SLOW_SECONDS)
    with pytest.raises(Retryable, match="was not called"):
        fail(0.0)


def test_who_is_quick_again_is_called_without_limits(circuits: Circuits, clock: Clock) -> None:
    """One quick call is enough."""
    call(circuits, clock, "a.example", 3.0)
    clock.now += 3.0 * PAUSES + 1

    for _ in range(10):
        call(circuits, clock, "a.example", 0.1)
