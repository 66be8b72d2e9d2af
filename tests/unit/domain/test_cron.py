"""When a schedule fires, by our own code and by a library that knows AWS's dialect.

The library knows no zones. AWS's rule for them is applied minute by minute: a local time that the
clocks leave out is skipped, and of one that they show twice the first counts.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aws_croniter import AwsCroniter
from hypothesis import given, settings
from hypothesis import strategies as st

from command_api.domain import cron
from scripts.cli import ROOT

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
# The sixth of the fields; the library has no step in it.
_YEARS = st.sampled_from(["*", "*", "2026", "2026-2027", "2024,2026"])
_MONTHS = st.sampled_from(["*", "*", "*", "3,4,10,11", "MAR", "FEB-NOV", "1/3", "2"])


def _field(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    span = st.tuples(number, number).map(sorted).map(lambda two: f"{two[0]}-{two[1]}")
    step = st.integers(1, most)
    return st.one_of(
        st.just("*"),
        number.map(str),
        st.sets(number, min_size=2, max_size=4).map(lambda some: ",".join(map(str, sorted(some)))),
        span,
        st.tuples(number | st.just("*"), step).map(lambda two: f"{two[0]}/{two[1]}"),
        st.tuples(span, step).map(lambda two: f"{two[0]}/{two[1]}"),
    )


_DAYS = st.one_of(
    st.tuples(
        _field(1, 31)
        | st.sampled_from(["L", "LW"])
        | st.integers(1, 31).map(lambda day: f"{day}W"),
        _MONTHS,
        st.just("?"),
    ),
    st.tuples(
        st.just("?"),
        _MONTHS,
        st.sampled_from(["*", "MON-FRI", "SUN", "2,4,6", "WED,FRI", "L", "FRIL", "1L"])
        | st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda two: f"{two[0]}#{two[1]}"),
    ),
)

# Of an hour; each minute of a year takes a while, and is a test of its own.
_FEW_MINUTES = st.integers(0, 59).map(str) | st.sampled_from(["0/15", "*/20", "5,6,59", "28-32"])


def _crons(minutes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    fields = st.tuples(minutes, _field(0, 23), _DAYS, _YEARS)
    return fields.map(lambda it: f"{it[0]} {it[1]} {' '.join(it[2])} {it[3]}")


@cache
def _first_times(zone: str, year: int) -> dict[datetime, datetime]:
    """By each minute that the clocks of a zone show within a year of UTC, when they do so first."""
    there = ZoneInfo(zone)
    found: dict[datetime, datetime] = {}
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    # A day before, or the first of two times might be the one before the year.
    moment -= timedelta(days=1)
    while moment < end:
        found.setdefault(moment.astimezone(there).replace(tzinfo=None), moment)
        moment += timedelta(minutes=1)
    return found


def _local(expression: str, year: int) -> list[datetime]:
    """What the library says of clocks that never change, from a day before a year to one after."""
    minute, hour, day, month, week_day, years = expression.split()
    # It knows neither of the two: Saturday is the last day of a week, and the last weekday of a
    # month is the last day of those from Monday to Friday.
    last_weekday = day == "LW"
    if last_weekday:
        day, week_day = "?", "MON-FRI"
    week_day = "7" if week_day == "L" else week_day
    begin, end = datetime(year - 1, 12, 1, tzinfo=UTC), datetime(year + 1, 1, 31, tzinfo=UTC)
    rewritten = f"{minute} {hour} {day} {month} {week_day} {years}"
    found = AwsCroniter(rewritten).get_all_schedule_bw_dates(begin, end)
    if last_weekday:
        latest = {(one.year, one.month): one.date() for one in found}
        found = [one for one in found if one.date() == latest[one.year, one.month]]
    return [one.replace(tzinfo=None) for one in found]


def _expected(expression: str, zone: str, year: int) -> list[datetime]:
    first, begin = _first_times(zone, year), datetime(year, 1, 1, tzinfo=UTC)
    found = (first.get(one) for one in _local(expression, year))
    return sorted(one for one in found if one is not None and one > begin)


def _ours(expression: str, zone: str, year: int) -> list[datetime]:
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    occurrences = cron.Cron.parse(expression).occurrences(begin, ZoneInfo(zone))
    return list(takewhile(lambda one: one < end, occurrences))


@settings(max_examples=15, deadline=None)
@given(expression=_crons(st.integers(0, 59).map(str)))
def test_a_year_of_any_cron_is_what_the_library_says(expression: str) -> None:
    """To the occurrence, through both changes of the clocks."""
    assert _ours(expression, ZONES[0], 2026) == _expected(expression, ZONES[0], 2026)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.timeout(3600)
@settings(max_examples=150, deadline=None)
@given(expression=_crons(_FEW_MINUTES), year=st.integers(2024, 2027))
def test_years_of_any_cron_are_what_the_library_says(zone: str, expression: str, year: int) -> None:
    """The same in four zones, a leap year among the years."""
    assert _ours(expression, zone, year) == _expected(expression, zone, year)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("expression", ["* * * * ? *", "0/15 * * * ? *", "30 1-3 * * ? *"])
def test_a_year_of_each_minute(expression: str, zone: str) -> None:
    """Each of those that the clocks show, once: half an hour less where they go back by that."""
    found = _ours(expression, zone, 2026)
    assert found == _expected(expression, zone, 2026)
    if expression == "* * * * ? *":
        twice = {"Australia/Lord_Howe": 30, "Asia/Kolkata": 0}.get(zone, 60)
        assert len(found) == 365 * 24 * 60 - 1 - twice


def test_an_occurrence_after_a_moment_is_the_first_of_those_after_it() -> None:
    """What the emulator asks one by one, the tool asks in a row."""
    parsed, zone = cron.Cron.parse("*/20 1-3 * * ? *"), ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 10, 24, 20, tzinfo=UTC)
    one_by_one = []
    for _ in range(30):
        found = parsed.after(moment, zone)
        assert found is not None
        moment = found
        one_by_one.append(found)
    in_a_row = parsed.occurrences(datetime(2026, 10, 24, 20, tzinfo=UTC), zone)
    assert one_by_one == [next(in_a_row) for _ in range(30)]
    assert cron.Cron.parse("0 0 31 2 ? *").after(moment, zone) is None


def test_the_emulator_fires_by_the_same_code() -> None:
    """The two import nothing of each other, so the file is there twice."""
    there = ROOT / "scripts/emulator/src/ministack_extensions/scheduler/cron.py"
    assert Path(cron.__file__).read_text() == there.read_text()
