"""How often the commands of a type may start: a bucket from which workers take the next starts.

Starts are evenly spaced. The commands that find none soon get a place in a line: a moment to come
back at. A place is no start. It only spreads those who come back.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)/(s|min|h)", re.ASCII)
_PERIODS = {"s": 1, "min": 60, "h": 3_600}
_RULE = 'rate must be "1/h" to "1000/s", for example "10/s", "2.5/s" or "5/min"'
SECOND = 1_000_000
# One item takes a thousand writes a second, and nothing that came back late may wait for hours.
_SHORTEST, _LONGEST = SECOND // 1_000, 3_600 * SECOND
# Starts are given away that far ahead; a worker waits so long for its own.
AHEAD = 4 * SECOND
_MANY = SECOND
# In so far as starts are late, they may come closer: that much of a period is kept free for it.
_LATE, _LATEST = 0.02, SECOND
# Places that are farther ahead are taken in advance, for what the same worker finds next: so much
# time at most is lost with them.
FAR = 60 * SECOND
_RESERVE = 10 * SECOND
# A line that has sent nobody for so long is none: its messages were deleted, or nobody ran them.
_FORGOTTEN = 10 * SECOND


class Rate(NamedTuple):
    """At most so many starts, in microseconds between two of them."""

    spacing: int
    # How late a start may be.
    slack: int

    @property
    def apart(self) -> int:
        """Between two places: a little more, so that what is late catches up."""
        return self.spacing + self.spacing // 100


class Bucket(NamedTuple):
    """Both in microseconds since the epoch."""

    # The next start that nobody has.
    next: int = 0
    # The next place in the line.
    line: int = 0


class Change(NamedTuple):
    """What a worker takes from a bucket, on the condition that it is as the worker expects."""

    rate: Rate
    at: int
    # How many starts; from now on where the bucket is `idle`, else after the last one.
    starts: int
    idle: bool
    # How many places: behind a line, or from `begin` on where there is none. None: no matter.
    places: int
    lined: bool | None
    begin: int

    @property
    def rest(self) -> int:
        """From then on a start is still good: as late as that, and there is time to begin."""
        return _rest(self.rate, self.at)

    @property
    def latest(self) -> int:
        """The next start must be that early, so that all of them are soon enough."""
        return self.at + AHEAD - (self.starts - 1) * self.rate.spacing

    @property
    def ahead(self) -> int:
        """A line begins after that."""
        return self.at + AHEAD

    @property
    def forgotten(self) -> int:
        """A line whose last start was earlier is none."""
        return _forgotten(self.rate, self.at)


def rate_of(text: str) -> Rate:
    """A rate like "10/s"; ValueError where it is none."""
    found = _RATE.fullmatch(text)
    count = float(found[1]) if found else 0.0
    period = _PERIODS[found[2]] * SECOND if found else 0
    if not (count and _SHORTEST <= period / count <= _LONGEST):
        raise ValueError(f"{_RULE}, not {text!r}")
    slack = min(int(period * _LATE), _LATEST)
    return Rate(math.ceil((period + slack) / count), slack)


def lined(bucket: Bucket | None, rate: Rate, at: int) -> bool:
    """Whether whoever comes now has to queue up behind others."""
    known = bucket or Bucket()
    return known.line > at + AHEAD and known.next >= _forgotten(rate, at)


def plan(seen: Bucket | None, rate: Rate, at: int, *, back: int, new: int) -> Change | None:
    """What to take for messages that are `back` from the line and for `new` ones.

    Those that are back have the starts first, and get no place again. None where there is nothing
    to take.
    """
    bucket = seen or Bucket()
    change = Change(rate, at, 0, bucket.next < _rest(rate, at), 0, None, 0)
    behind = lined(bucket, rate, at)
    base = at if change.idle else bucket.next
    room = max((change.ahead - base) // rate.spacing + 1, 0)
    asks = back if behind else back + new
    # Many starts by one write, or none: those that come one by one cost a write each.
    starts = min(asks, room) if room >= min(asks, _MANY // rate.spacing + 1) else 0
    places = new - (0 if behind else max(starts - back, 0))
    if not starts + places:
        return None
    if behind and places and bucket.line > at + FAR:
        # For whole batches: their messages shall come back together.
        places += _RESERVE // (rate.spacing * new) * new
    begin = base + starts * rate.spacing
    known = behind if new else None
    return change._replace(starts=starts, places=places, lined=known, begin=begin)


def fits(bucket: Bucket | None, change: Change) -> bool:
    """Whether a bucket is as a change expects it; the condition of the write says the same."""
    known = bucket or Bucket()
    if change.starts and change.idle and known.next >= change.rest:
        return False
    if change.starts and not change.idle and not change.rest <= known.next <= change.latest:
        return False
    return change.lined in (None, lined(bucket, change.rate, change.at))


def changed(bucket: Bucket | None, change: Change) -> Bucket:
    """The bucket after a change that fits."""
    known, spacing = bucket or Bucket(), change.rate.spacing
    following, line = known.next, known.line
    if change.starts:
        following = (change.at if change.idle else known.next) + change.starts * spacing
    if change.places:
        begin = known.line if change.lined else change.begin
        line = begin + change.places * change.rate.apart
    return Bucket(following, line)


def taken(bucket: Bucket | None, change: Change) -> tuple[Sequence[int], Sequence[int]]:
    """The starts and the places that a change has taken from a bucket."""
    known, spacing = bucket or Bucket(), change.rate.spacing
    first = change.at if change.idle else known.next
    begin = known.line if change.lined else change.begin
    starts = range(first, first + change.starts * spacing, spacing)
    apart = change.rate.apart
    return starts, range(begin, begin + change.places * apart, apart)


def _forgotten(rate: Rate, at: int) -> int:
    return at - _FORGOTTEN - 3 * rate.spacing


def _rest(rate: Rate, at: int) -> int:
    return at - rate.slack // 2
