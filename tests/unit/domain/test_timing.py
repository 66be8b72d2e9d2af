"""The times that a command may name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from command_api.domain.message import body_of, parse
from command_api.domain.timing import (
    ANY_TIME,
    FARTHEST,
    LONGEST_DELAY,
    Timing,
    fields,
    timing_of,
    unreachable,
)
from command_api.domain.violations import Violation
from tests.builders import LATER, NOW, message

CHRISTMAS = datetime(2030, 12, 24, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, ANY_TIME),
        ({"notBefore": "2030-12-24T18:00:00+01:00"}, Timing(CHRISTMAS)),
        ({"notBefore": "2030-12-24t17:00:00.0009z"}, Timing(CHRISTMAS)),
        ({"delaySeconds": 0}, Timing(NOW)),
        ({"delaySeconds": 600, "expiresAt": "2030-12-24T17:00:00Z"}, Timing(LATER, CHRISTMAS)),
        ({"expiresAt": "2000-01-01T00:00:00Z"}, Timing(None, datetime(2000, 1, 1, tzinfo=UTC))),
    ],
)
def test_times_are_read(found: dict[str, object], expected: Timing) -> None:
    """In whole milliseconds; a time that has passed is one, too."""
    assert timing_of(found, submitted_at=NOW) == expected


@pytest.mark.parametrize(
    ("found", "field"),
    [
        ({"notBefore": "2030-12-24T18:00:00"}, "notBefore"),
        ({"notBefore": "2030-12-24"}, "notBefore"),
        ({"notBefore": "2030-13-24T18:00:00Z"}, "notBefore"),
        ({"notBefore": "0001-01-01T00:00:00+23:00"}, "notBefore"),
        ({"notBefore": 1_924_000_000}, "notBefore"),
        ({"notBefore": None}, "notBefore"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"delaySeconds": -1}, "delaySeconds"),
        ({"delaySeconds": 1.5}, "delaySeconds"),
        ({"delaySeconds": True}, "delaySeconds"),
        ({"delaySeconds": 10**20}, "delaySeconds"),
        ({"delaySeconds": 1, "notBefore": "2030-12-24T18:00:00Z"}, "delaySeconds"),
        ({"delaySeconds": 1, "expiresAt": "2000-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
def test_what_is_no_time_is_refused(found: dict[str, Any], field: str) -> None:
    """With the field, and without its value."""
    refused = timing_of(found, submitted_at=NOW)
    assert isinstance(refused, Violation)
    assert refused.path == (field,)


@pytest.mark.parametrize(
    ("seconds", "reach", "refused"),
    [
        (-10, timedelta(0), False),
        (1, timedelta(0), True),
        (900, LONGEST_DELAY, False),
        (901, LONGEST_DELAY, True),
        (31_536_000, FARTHEST, False),
        (31_536_001, FARTHEST, True),
    ],
)
def test_a_start_lies_within_reach(seconds: int, reach: timedelta, *, refused: bool) -> None:
    """Of the queue, or of schedules."""
    timing = Timing(NOW + timedelta(seconds=seconds))
    assert bool(unreachable(timing, now=NOW, reach=reach)) is refused


def test_a_message_carries_times() -> None:
    """As a body that is parsed to the same."""
    timing = Timing(LATER, CHRISTMAS)
    assert parse(message(body_of("echo", {}, timing=timing)), default_type="echo").timing == timing
    assert fields(ANY_TIME) == {}
