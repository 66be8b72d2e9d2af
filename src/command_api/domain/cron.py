"""Cron expressions of EventBridge Scheduler: six fields, evaluated in a time zone.

AWS: "Schedule types in EventBridge Scheduler" (scheduler/latest/UserGuide/schedule-types.html),
with its wildcards. No kept library knows this dialect whole: `?`, `L`, `W`, `#` and years.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_FIELDS = 6
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_DAYS_OF_WEEK = 7
_MONTHS = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: n for n, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_NEAREST = re.compile(r"(\d{1,2})W")
_LAST_OF_MONTH = re.compile(r"([1-7])L")
_NTH = re.compile(r"([1-7])#([1-5])")


class InvalidExpression(Exception):
    """Not an expression that EventBridge Scheduler takes."""


@dataclass(frozen=True)
class Cron:
    """A parsed expression; `month_day` and `week_day` are as written, one of them `?`."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    month_day: str
    months: frozenset[int]
    week_day: str
    years: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Cron:
        """The expression inside `cron(…)`; InvalidExpression for anything else."""
        fields = text.upper().split()
        if len(fields) != _FIELDS:
            raise InvalidExpression(text)
        minute, hour, month_day, month, week_day, year = fields
        if (month_day == "?") == (week_day == "?"):
            raise InvalidExpression(text)
        found = cls(
            tuple(sorted(_numbers(minute, 0, 59))),
            tuple(sorted(_numbers(hour, 0, 23))),
            month_day,
            _numbers(_named(month, _MONTHS), 1, 12),
            _named(week_day, _DAYS),
            _numbers(year, _FIRST_YEAR, _LAST_YEAR),
        )
        some_day = date(_FIRST_YEAR, 1, 1)  # the days' fields are read when they are asked
        _is_month_day(month_day, some_day)
        _is_week_day(found.week_day, some_day)
        return found

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first occurrence after a moment, in UTC; None where there is none any more."""
        return next(self.occurrences(moment, zone), None)

    def occurrences(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Those after a moment, in UTC.

        A time that the clocks leave out is skipped; one that they show twice occurs once.
        """
        local = moment.astimezone(zone)
        # A day before: where clocks go back at midnight, yesterday comes again.
        for day in self._days(local.date() - timedelta(days=1)):
            for hour in self.hours:
                for minute in self.minutes:
                    wanted = datetime.combine(day, time(hour, minute), zone)
                    found = wanted.astimezone(UTC)
                    there = found.astimezone(zone).replace(tzinfo=None)
                    if found > moment and there == wanted.replace(tzinfo=None):
                        yield found

    def _days(self, start: date) -> Iterator[date]:
        for year in sorted(one for one in self.years if one >= start.year):
            for month in sorted(self.months):
                for number in range(1, calendar.monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= start and self._on(day):
                        yield day

    def _on(self, day: date) -> bool:
        return _is_month_day(self.month_day, day) and _is_week_day(self.week_day, day)


def _is_month_day(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    found = field == "?"
    for part in field.split(",") if not found else ():
        if part == "L":
            found |= day.day == last
        elif part == "LW":
            found |= day.day == _nearest_weekday(day, last)
        elif near := _NEAREST.fullmatch(part):
            wanted = _within(int(near[1]), 1, 31)
            found |= wanted <= last and day.day == _nearest_weekday(day, wanted)
        else:
            found |= day.day in _numbers(part, 1, 31)
    return found


def _nearest_weekday(day: date, number: int) -> int:
    """The weekday nearest to a day of its month, and in that month."""
    last = calendar.monthrange(day.year, day.month)[1]
    weekday = calendar.weekday(day.year, day.month, number)
    if weekday == calendar.SATURDAY:
        return number - 1 if number > 1 else number + 2
    if weekday == calendar.SUNDAY:
        return number + 1 if number < last else number - 2
    return number


def _is_week_day(field: str, day: date) -> bool:
    number = day.isoweekday() % _DAYS_OF_WEEK + 1  # Sunday is 1
    last = calendar.monthrange(day.year, day.month)[1]
    found = field == "?"
    for part in field.split(",") if not found else ():
        if part == "L":
            found |= number == _DAYS_OF_WEEK
        elif of_month := _LAST_OF_MONTH.fullmatch(part):
            found |= number == int(of_month[1]) and day.day > last - _DAYS_OF_WEEK
        elif nth := _NTH.fullmatch(part):
            week = (day.day - 1) // _DAYS_OF_WEEK + 1
            found |= (number, week) == (int(nth[1]), int(nth[2]))
        else:
            found |= number in _numbers(part, 1, _DAYS_OF_WEEK, steps=False)
    return found


# Whoever looks for a day that never comes asks the same of each day until 2199.
@lru_cache(maxsize=1024)
def _numbers(field: str, least: int, most: int, *, steps: bool = True) -> frozenset[int]:
    """The numbers that a field names by commas, ranges, steps and the wildcard."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        if slash and not steps:
            raise InvalidExpression(field)
        first, dash, end = span.partition("-")
        if span == "*":
            low, high = least, most
        else:
            low = _within(_number(first), least, most)
            high = _within(_number(end), least, most) if dash else (most if slash else low)
        if high < low:
            raise InvalidExpression(field)
        found |= {*range(low, high + 1, _within(_number(step), 1, most) if slash else 1)}
    return frozenset(found)


def _named(field: str, names: dict[str, int]) -> str:
    for name, number in names.items():
        field = re.sub(rf"\b{name}(?=L?\b)", str(number), field)
    return field


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise InvalidExpression(text)
    return int(text)


def _within(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise InvalidExpression(number)
    return number
