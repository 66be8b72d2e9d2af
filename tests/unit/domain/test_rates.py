"""What a rate says, and what it refuses to be."""

from __future__ import annotations

import re
from typing import Any

import pytest

from command_api import Registered
from command_api.domain.rates import SECOND, rate_of
from handlers import echo


@pytest.mark.parametrize(
    ("text", "period", "count"),
    [("10/s", 1, 10), ("2.5/s", 2, 5), ("0.5/s", 2, 1), ("5/min", 60, 5), ("1000/h", 3_600, 1_000)],
)
def test_so_many_starts_fit_into_a_period_and_no_more(text: str, period: int, count: int) -> None:
    """Although each may be late, and with less than five in a hundred to spare."""
    rate = rate_of(text)
    assert rate.spacing * count - rate.slack >= period * SECOND
    assert rate.spacing * count <= period * SECOND * 1.05


@pytest.mark.parametrize(
    "text",
    ["10", "10/d", "10 / s", "0/s", "-1/s", "1e3/s", "1001/s", "0.5/h", "\u0661/s", "10/s\n"],
)
def test_what_is_no_rate_is_refused_where_it_is_registered(text: str) -> None:
    """At import, so that no package with it is built, with rates that are valid."""
    with pytest.raises(ValueError, match=re.escape('"10/s", "2.5/s" or "5/min"')):
        Registered(handle=echo.handle, rate=text)


@pytest.mark.parametrize("settings", [{"rate": "1/s", "per": "tenant"}, {"per": "owner"}])
def test_a_rate_is_shared_by_a_type_or_an_owner(settings: Any) -> None:
    """Anything else is refused, and so is an owner's share of no rate."""
    with pytest.raises(ValueError, match='per must be "type" or "owner", beside a rate'):
        Registered(handle=echo.handle, **settings)
