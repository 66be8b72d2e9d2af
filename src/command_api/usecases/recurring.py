"""Make, change and list the schedules of an owner.

EventBridge Scheduler holds the only record of a schedule, and each change is one call: whoever dies
on the way leaves the schedule as it was, or as it was to be.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.recurring import RecurringSchedules, Schedule

_CONCURRENCY = 10
# Each that is lost is another request that has made or deleted this schedule meanwhile.
_TRIES = 4


class TooMany(Exception):
    """The owner has as many schedules as one may have."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PutSchedule:
    """Make a schedule, or put it in the place of the owner's one of this id.

    An owner may have `most`. Requests at the same time may come to a few more.
    """

    schedules: RecurringSchedules
    most: int

    def __call__(self, schedule: Schedule) -> bool:
        """True for a new one. Raises TooMany, Rejected where Scheduler refuses the schedule."""
        for _ in range(_TRIES):
            if self.schedules.replace(schedule):
                return False
            if len(self.schedules.ids(schedule.owner)) >= self.most:
                raise TooMany
            if self.schedules.create(schedule):
                return True
        raise Unavailable("schedule")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ListSchedules:
    """Show an owner's schedules, sorted by their ids."""

    schedules: RecurringSchedules

    def __call__(self, owner: str, *, after: str, most: int) -> tuple[Sequence[Schedule], str]:
        """Up to `most` with ids beyond `after`; and the last of the ids if there are more."""
        ids = [one for one in sorted(self.schedules.ids(owner)) if one > after]
        shown = ids[:most]
        with ThreadPoolExecutor(_CONCURRENCY) as pool:
            found = list(pool.map(partial(self.schedules.get, owner), shown))
        # One may have been deleted since.
        there = [one for one in found if one is not None]
        return there, shown[-1] if len(ids) > most else ""
