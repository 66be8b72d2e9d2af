"""When a command may start: not before a time, and not after another."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.json_text import moment
from command_api.domain.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.violations import Path

NOT_BEFORE, DELAY, EXPIRES = "notBefore", "delaySeconds", "expiresAt"
FIELDS = frozenset({NOT_BEFORE, DELAY, EXPIRES})
# The longest delay of a message.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
LONGEST_DELAY = timedelta(minutes=15)
FARTHEST = timedelta(days=365)
# With an offset, which a local time would need; fromisoformat takes more than this.
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_RULE = 'must be a time with an offset, like "2030-12-24T18:00:00+01:00"'


class Timing(NamedTuple):
    """The times of a command; None where it has none."""

    # It does not start earlier.
    not_before: datetime | None = None
    # It does not start from then on.
    expires_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """How long after `now` it may start at the earliest; zero for at once."""
        return max((self.not_before or now) - now, timedelta(0))


ANY_TIME = Timing()


def timing_of(found: Mapping[str, object], *, submitted_at: datetime) -> Timing | Violation:
    """The times that a command's body names, or which of its fields is wrong.

    `delaySeconds` counts from the submission. Times are whole milliseconds.
    """
    if NOT_BEFORE in found and DELAY in found:
        return Violation((DELAY,), f"must be absent beside {NOT_BEFORE}")
    named: dict[str, datetime] = {}
    for name in (NOT_BEFORE, EXPIRES):
        if name in found:
            time = _moment(found[name])
            if time is None:
                return Violation((name,), _RULE)
            named[name] = time
    if DELAY in found:
        seconds, most = found[DELAY], int(FARTHEST.total_seconds())
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= most:
            return Violation((DELAY,), f"must be a whole number from 0 to {most}")
        named[NOT_BEFORE] = whole(submitted_at + timedelta(seconds=seconds))
    timing = Timing(named.get(NOT_BEFORE), named.get(EXPIRES))
    if timing.not_before and timing.expires_at and timing.expires_at <= timing.not_before:
        return Violation((EXPIRES,), "must be later than the command's start")
    return timing


def unreachable(timing: Timing, *, now: datetime, reach: timedelta) -> Violation | None:
    """Why a start cannot be waited for, where only starts within `reach` can."""
    if timing.wait(now) <= reach:
        return None
    path: Path = (NOT_BEFORE,)
    if not reach:
        return Violation(path, "is not supported by a FIFO queue, which keeps its order")
    if reach == FARTHEST:
        return Violation(path, f"must be at most {FARTHEST.days} days ahead")
    minutes = int(reach.total_seconds() // 60)
    return Violation(path, f"must be at most {minutes} minutes ahead in this environment")


def fields(timing: Timing) -> dict[str, str]:
    """The fields of a body that name these times."""
    named = {NOT_BEFORE: timing.not_before, EXPIRES: timing.expires_at}
    return {name: moment(time) for name, time in named.items() if time is not None}


def _moment(found: object) -> datetime | None:
    if not isinstance(found, str) or not _RFC_3339.fullmatch(found):
        return None
    try:
        return whole(datetime.fromisoformat(found.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def whole(time: datetime) -> datetime:
    """A time as it is stored, in whole milliseconds."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
