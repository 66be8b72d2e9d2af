"""Schedules that clients make: each sends a command at each time of a cron expression.

A schedule belongs to its owner, and so do its runs. Two owners may have schedules of one id.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from command_api.domain.cron import Cron, InvalidExpression
from command_api.domain.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from command_api.domain.model import JSON

# EventBridge Scheduler replaces it by the time of a firing, in ids and in the texts of an input.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
KEYWORD = "<aws.scheduler.scheduled-time>"
ID = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
# Completes the sentence "... must be".
ID_RULE = "1-32 lowercase letters, digits or hyphens, beginning with a letter"
# Scheduler takes 256 characters, `cron()` included.
MOST_CHARACTERS = 250
# Next times that are shown of a schedule.
SHOWN = 5
# Schedules of a list, unless its reader wants more or fewer.
PAGE, LARGEST_PAGE = 20, 100
# Of all schedules where commands have no owners; no owner's digest is that short.
_NOBODY = "api"
_DIGEST_LENGTH = 30
_CRON_RULE = (
    "must have six fields: minutes, hours, day of the month, month, day of the week, year; one of"
    ' the days is ?, like "0 2 * * ? *"'
)
_ZONE_RULE = 'must be a name of the IANA time zone database, like "Europe/Berlin"'
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_LONGEST_ZONE = 50
# Those that divide an hour or a day, so that the times follow from the rate alone.
_MINUTES, _HOURS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30), (1, 2, 3, 4, 6, 8, 12)
_RATES = {
    **{f"{n} minute{'s' * (n > 1)}": f"0/{n} * * * ? *" for n in _MINUTES},
    **{f"{n} hour{'s' * (n > 1)}": f"0 0/{n} * * ? *" for n in _HOURS},
    "1 day": "0 0 * * ? *",
}
_RATE_RULE = (
    f"must be {', '.join(map(str, _MINUTES))} minutes, {', '.join(map(str, _HOURS))} hours, or 1"
    ' day, like "15 minutes"; use cron for other times'
)


class Overlap(StrEnum):
    """What becomes of a run while another run of its schedule has not ended."""

    QUEUE = "queue"
    """It starts at its time; on a FIFO queue after the other one."""
    SKIP = "skip"
    """It is not started, and ends as FAILED with the code `skipped`."""


class When(NamedTuple):
    """At which times a schedule fires."""

    # The six fields of EventBridge Scheduler, without `cron()`.
    cron: str
    # Name of the IANA database.
    timezone: str

    def after(self, moment: datetime, most: int) -> list[datetime]:
        """The next times, in UTC; fewer than `most` where there are no more."""
        zone = ZoneInfo(self.timezone)
        return list(islice(Cron.parse(self.cron).occurrences(moment, zone), most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule as a client has made it."""

    # Unique among those of its owner.
    id: str
    # Empty where commands have no owners.
    owner: str = ""
    when: When
    type: str
    input: Mapping[str, JSON]
    overlap: Overlap = Overlap.QUEUE
    # False: it does not fire.
    enabled: bool = True
    # None for one that is not stored yet.
    created_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def name(self) -> str:
        """Its name among those of all owners, with which the ids of its runs begin."""
        return f"{prefix_of(self.owner)}{self.id}"

    def run_id(self, at: str) -> str:
        """The id of the command that is sent for a time: the same for each repetition."""
        return f"{self.name}:{at}"

    def next_runs(self, now: datetime) -> list[tuple[datetime, str]]:
        """Times and ids of the next runs, of which a paused schedule has none."""
        times = self.when.after(now, SHOWN) if self.enabled else []
        return [(at, self.run_id(fired(at))) for at in times]


class RecurringSchedules(Protocol):
    """What sends commands again and again. All raise Unavailable where the call may succeed later.

    An owner's schedules are found by the owner and their ids alone.
    """

    def takes(self, schedule: Schedule) -> bool:
        """Whether a schedule is not too large."""

    def create(self, schedule: Schedule) -> bool:
        """Make a schedule; False where there is one already. Rejected where it cannot be."""

    def replace(self, schedule: Schedule) -> bool:
        """Change a schedule as a whole; False where there is none. Rejected as for `create`."""

    def get(self, owner: str, schedule_id: str) -> Schedule | None:
        """A schedule; None where there is none."""

    def ids(self, owner: str) -> Sequence[str]:
        """The ids of all schedules of an owner."""

    def delete(self, owner: str, schedule_id: str) -> bool:
        """Delete a schedule, which does not fire any more; False where there is none."""


def prefix_of(owner: str) -> str:
    """How the names of an owner's schedules begin, in characters that Scheduler takes."""
    digest = sha256(owner.encode()).hexdigest()[:_DIGEST_LENGTH] if owner else _NOBODY
    return f"{digest}."


def fired(at: datetime) -> str:
    """A time as Scheduler writes it in place of the keyword."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def filled(command_input: Mapping[str, JSON], at: datetime) -> Mapping[str, JSON]:
    """An input as the run of that time gets it."""
    text = json.dumps(command_input, ensure_ascii=False)
    found: Mapping[str, JSON] = json.loads(text.replace(KEYWORD, fired(at)))
    return found


def when_of(found: Mapping[str, object], *, now: datetime) -> When | Violation:
    """The times that `cron` and `timezone`, or `rate`, name; or which of the fields is wrong."""
    if "rate" in found:
        return _regular(found)
    if "cron" not in found:
        return Violation(("cron",), "is required, unless there is a rate")
    expression, zone = found["cron"], found.get("timezone", "UTC")
    if not isinstance(zone, str) or not _is_zone(zone):
        return Violation(("timezone",), _ZONE_RULE)
    if not isinstance(expression, str) or len(expression) > MOST_CHARACTERS:
        return Violation(("cron",), _CRON_RULE)
    when = When(" ".join(expression.upper().split()), zone)
    try:
        # A date that never comes may be a mistake of its writer, and Scheduler refuses it.
        upcoming = when.after(now, 1)
    except InvalidExpression:
        return Violation(("cron",), _CRON_RULE)
    return when if upcoming else Violation(("cron",), "has no time that is still to come")


def _regular(found: Mapping[str, object]) -> When | Violation:
    for beside in ("cron", "timezone"):
        if beside in found:
            return Violation((beside,), "must be absent beside rate, which counts in UTC")
    rate = found["rate"]
    named = _RATES.get(rate) if isinstance(rate, str) else None
    return When(named, "UTC") if named else Violation(("rate",), _RATE_RULE)


def _is_zone(name: str) -> bool:
    if len(name) > _LONGEST_ZONE or not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
