"""When a schedule fires: `at(…)`, `rate(…)` and `cron(…)` with their start, end and zone.

AWS: "Schedule types in EventBridge Scheduler" (scheduler/latest/UserGuide/schedule-types.html). A
rate without a start fires at once. Times are evaluated in the schedule's zone; AWS fires within the
minute that follows, this emulator at the second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from ministack_extensions.scheduler.cron import Cron, InvalidExpression

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_SHAPE = re.compile(r"(at|rate|cron)\((.*)\)")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)s?")
_ZONES = frozenset(available_timezones())


class UnknownZone(Exception):
    """Not a name of the time zone database."""


@dataclass(frozen=True)
class Times:
    """The occurrences of one schedule, in UTC; `once` where there is one alone."""

    kind: str
    expression: str
    zone: ZoneInfo
    created: datetime
    start: datetime | None
    end: datetime | None

    @classmethod
    def of(cls, schedule: Mapping[str, Any], created: datetime) -> Times:
        """Those of a schedule as it was asked for; InvalidExpression or UnknownZone."""
        zone = schedule.get("ScheduleExpressionTimezone") or "UTC"
        if zone not in _ZONES:
            raise UnknownZone(zone)
        found = _SHAPE.fullmatch(schedule["ScheduleExpression"])
        if not found:
            raise InvalidExpression(schedule["ScheduleExpression"])
        times = cls(
            found[1],
            found[2],
            ZoneInfo(zone),
            created,
            _moment(schedule.get("StartDate")),
            _moment(schedule.get("EndDate")),
        )
        times.after(created)
        return times

    @property
    def once(self) -> bool:
        """Whether it is a one-time schedule; start and end do not apply to one."""
        return self.kind == "at"

    def after(self, moment: datetime) -> datetime | None:
        """The next occurrence after a moment; None after the last."""
        if self.kind == "at":
            at = self._at()
            return at if at > moment else None
        if self.start and moment < self.start:
            moment = self.start - timedelta(microseconds=1)  # the start itself is one
        found = self._rate(moment) if self.kind == "rate" else self._cron(moment)
        return None if found is None or (self.end and found >= self.end) else found

    def _at(self) -> datetime:
        if not _AT.fullmatch(self.expression):
            raise InvalidExpression(self.expression)
        try:
            local = datetime.fromisoformat(self.expression)
        except ValueError as error:
            raise InvalidExpression(self.expression) from error
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _rate(self, moment: datetime) -> datetime:
        found = _RATE.fullmatch(self.expression)
        if not found:
            raise InvalidExpression(self.expression)
        try:
            step = timedelta(**{f"{found[2]}s": int(found[1])})
        except OverflowError as error:
            raise InvalidExpression(self.expression) from error
        first = self.start or self.created
        return first + step * max(0, (moment - first) // step + 1)

    def _cron(self, moment: datetime) -> datetime | None:
        return Cron.parse(self.expression).after(moment, self.zone)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
