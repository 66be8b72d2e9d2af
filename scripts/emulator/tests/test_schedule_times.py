"""When schedules fire: the dialect of cron, rates, zones and both changes of the clocks."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ministack_extensions.scheduler.cron import Cron, InvalidExpression
from ministack_extensions.scheduler.expressions import Times, UnknownZone

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
START = datetime(2026, 1, 1, tzinfo=UTC)


def occurrences(
    expression: str, zone: str = "UTC", *, start: datetime = START, number: int = 3
) -> list[str]:
    """The first occurrences after a start, in the zone."""
    times = Times.of({"ScheduleExpression": expression, "ScheduleExpressionTimezone": zone}, start)
    found: list[str] = []
    moment: datetime | None = start
    while len(found) < number and (moment := times.after(moment)):  # type: ignore[arg-type]
        found.append(moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(15 12 * * ? *)", ["2026-01-01T12:15", "2026-01-02T12:15", "2026-01-03T12:15"]),
        ("cron(0 8 1 * ? *)", ["2026-01-01T08:00", "2026-02-01T08:00", "2026-03-01T08:00"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-01-01T18:00", "2026-01-02T18:00", "2026-01-05T18:00"]),
        ("cron(0 0 L * ? *)", ["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00"]),
        ("cron(0 0 LW * ? *)", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-31T00:00"]),
        ("cron(0 0 3W * ? *)", ["2026-01-02T00:00", "2026-02-03T00:00", "2026-03-03T00:00"]),
        ("cron(0 0 1W 8 ? *)", ["2026-08-03T00:00", "2027-08-02T00:00", "2028-08-01T00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-27T00:00"]),
        ("cron(0 0 ? * FRIL *)", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-27T00:00"]),
        ("cron(0 0 ? * L *)", ["2026-01-03T00:00", "2026-01-10T00:00", "2026-01-17T00:00"]),
        ("cron(0 0 ? * 3#2 *)", ["2026-01-13T00:00", "2026-02-10T00:00", "2026-03-10T00:00"]),
        (
            "cron(0/20 9 ? JAN MON 2027)",
            ["2027-01-04T09:00", "2027-01-04T09:20", "2027-01-04T09:40"],
        ),
        ("cron(0 0 29 2 ? *)", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
        ("cron(0 0 31 2 ? *)", []),
        ("cron(0 0 1 1 ? 2020-2025)", []),
        ("rate(90 minutes)", ["2026-01-01T01:30", "2026-01-01T03:00", "2026-01-01T04:30"]),
        ("rate(1 day)", ["2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"]),
        ("at(2026-12-24T18:00:00)", ["2026-12-24T18:00"]),
        ("at(2025-12-24T18:00:00)", []),
    ],
)
def test_expressions_of_the_guide(expression: str, expected: list[str]) -> None:
    """Their first three occurrences of 2026."""
    assert occurrences(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "every(5 minutes)",
        "cron(0 25 * * ? *)",
        "cron(60 0 * * ? *)",
        "cron(0 0 * * * *)",
        "cron(0 0 ? * ? *)",
        "cron(0 0 * * ?)",
        "cron(0 0 32 * ? *)",
        "cron(0 0 32W * ? *)",
        "cron(0 0 ? * 3#6 *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 ? 13 1 *)",
        "cron(0 0 1 1 ? 1969)",
        "cron(5-2 0 * * ? *)",
        "cron(*/0 0 * * ? *)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "rate(5)",
        "at(2026-12-24)",
        "at(2026-13-24T00:00:00)",
        "at(2026-12-24T18:00:00Z)",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    """One bad expression must not stop others."""
    with pytest.raises(InvalidExpression):
        Times.of({"ScheduleExpression": expression}, START)


def test_a_zone_has_a_name() -> None:
    """As in the time zone database."""
    wanted = {"ScheduleExpression": "rate(1 day)", "ScheduleExpressionTimezone": "Mars/Olympus"}
    with pytest.raises(UnknownZone):
        Times.of(wanted, START)


def test_clocks_that_go_forward_skip_a_run() -> None:
    """Half past two does not exist on that night in Berlin."""
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = occurrences("cron(30 2 * * ? *)", "Europe/Berlin", start=start, number=2)
    assert found == ["2026-03-30T02:30", "2026-03-31T02:30"]


def test_clocks_that_go_back_repeat_no_run() -> None:
    """Half past two is there twice on that night in Berlin."""
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = occurrences("cron(30 2 * * ? *)", "Europe/Berlin", start=start, number=2)
    assert found == ["2026-10-25T02:30", "2026-10-26T02:30"]


def test_a_rate_counts_from_its_start_and_ends_before_its_end() -> None:
    """Days are 24 hours, whatever the clocks do."""
    first = datetime(2026, 3, 28, 9, tzinfo=UTC)
    times = Times.of(
        {
            "ScheduleExpression": "rate(1 days)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "StartDate": first.timestamp(),
            "EndDate": (first + timedelta(days=2)).timestamp(),
        },
        START,
    )
    assert times.after(START) == first
    assert times.after(first) == first + timedelta(days=1)
    assert times.after(first + timedelta(days=1)) is None


@settings(max_examples=15, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    day=st.sampled_from(["*", "L", "1", "15W", "LW", "31", "13-17/2"]),
    month=st.sampled_from(["*", "3,4,10,11", "FEB"]),
    begin=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - UTC below
)
def test_cron_is_what_a_walk_through_all_minutes_finds(
    zone: str, hour: int, minutes: set[int], day: str, month: str, begin: datetime
) -> None:
    """For 40 days: each local minute is looked at alone, and the second of two is left out."""
    listed = ",".join(map(str, sorted(minutes)))
    cron = Cron.parse(f"{listed} {hour} {day} {month} ? *")
    moment = begin.replace(tzinfo=UTC)
    end = moment + timedelta(days=40)

    found = []
    following = cron.after(moment, ZoneInfo(zone))
    while following and following <= end:
        found.append(following)
        following = cron.after(following, ZoneInfo(zone))

    walked = []
    minute = moment.replace(second=0, microsecond=0)
    while minute < end:
        minute += timedelta(minutes=1)
        local = minute.astimezone(ZoneInfo(zone))
        if local.hour == hour and local.minute in minutes and not local.fold:
            walked += [minute] if _is_day(day, local) and _is_month(month, local) else []
    assert found == [one for one in walked if moment < one <= end]


def _is_day(field: str, local: datetime) -> bool:
    days = calendar.monthrange(local.year, local.month)[1]
    weekdays = [
        one for one in range(1, days + 1) if calendar.weekday(local.year, local.month, one) < 5
    ]
    wanted = {
        "*": {local.day},
        "L": {days},
        "1": {1},
        "LW": {weekdays[-1]},
        "15W": {min(weekdays, key=lambda one: abs(one - 15))},
        "31": {31},
        "13-17/2": {13, 15, 17},
    }
    return local.day in wanted[field]


def _is_month(field: str, local: datetime) -> bool:
    return local.month in {"*": {local.month}, "3,4,10,11": {3, 4, 10, 11}, "FEB": {2}}[field]
