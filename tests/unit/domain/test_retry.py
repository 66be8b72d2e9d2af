"""How long messages wait: after a failed attempt, and in a bad hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.domain.context import Registered
from command_api.domain.errors import Retryable
from command_api.domain.retry import LONGEST_WAIT_SECONDS, RetryPolicy, trouble_delay

HUGE = 10**400


@pytest.mark.parametrize("after", [float("nan"), float("inf"), HUGE, True, "soon", object(), None])
def test_a_wish_that_is_no_time_leaves_it_to_the_policy(after: Any) -> None:
    """And raises no other error than the one that was meant."""
    assert Retryable("Later.", after=after).after is None


@pytest.mark.parametrize(
    ("after", "seconds"),
    [(timedelta(minutes=30), 1800), (-1, 0), (timedelta(seconds=-1), 0), (2.5, 2.5), (0, 0)],
)
def test_a_wish_is_in_seconds_or_a_timedelta(after: Any, seconds: float) -> None:
    """One in the past means at once."""
    assert Retryable("Later.", after=after).after == seconds


@given(number=st.integers(-5, 100_000), spread=st.floats(0, 1), cap=st.floats(0.1, 1e9))
def test_no_delay_is_longer_than_sqs_can_hide_a_message(
    number: int, spread: float, cap: float
) -> None:
    """Whatever a handler's own numbers are; the jitter is the upper half."""
    policy = RetryPolicy(base_seconds=2, cap_seconds=cap)
    delay, longest = policy.delay(number, spread=spread), policy.delay(number, spread=1.0)
    assert longest / 2 <= delay <= longest <= min(cap, LONGEST_WAIT_SECONDS)
    assert trouble_delay(number, spread=spread) <= 300


def test_backoff_doubles_up_to_its_cap() -> None:
    """Between half and the whole of base, two bases, four bases."""
    policy = RetryPolicy(base_seconds=2, cap_seconds=15)
    assert [policy.delay(n, spread=1.0) for n in (1, 2, 3, 4, 5)] == [2, 4, 8, 15, 15]
    assert [policy.delay(n, spread=0.0) for n in (1, 2, 3, 4, 5)] == [1, 2, 4, 7.5, 7.5]


def test_three_attempts_outlast_a_restart_of_a_partner() -> None:
    """By default they span 45 to 90 seconds."""
    policy = RetryPolicy()
    spans = [sum(policy.delay(n, spread=spread) for n in (1, 2)) for spread in (0.0, 1.0)]
    assert (policy.max_attempts, spans) == (3, [45, 90])


def test_trouble_is_waited_out_for_minutes() -> None:
    """A message in an outage of an hour is received a dozen times or two, and not each second."""
    waited = receives = 0.0
    while waited < 3600:
        receives += 1
        waited += trouble_delay(int(receives), spread=0.0)
    assert receives < 35


def test_a_handler_has_its_own_numbers() -> None:
    """Those that it names; the others are the environment's."""
    own = Registered(handle=lambda *_: None, max_attempts=5, cap_seconds=60)
    assert own.policy(RetryPolicy(base_seconds=7)) == RetryPolicy(
        max_attempts=5, base_seconds=7, cap_seconds=60
    )
