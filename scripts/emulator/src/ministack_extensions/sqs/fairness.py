"""Which messages of a standard queue are received first, where they have message groups.

AWS: "How Amazon SQS fair queues work" (sqs-fair-queues-detailed.html). A group is noisy with more
than 10 % of the messages in flight, at least 30 of its own, or with more than 10 % of the recent
processing time. Messages of quiet groups come first, then those of the noisy group with the fewest
in flight. A message without a group is a group of its own. A group that has sent nothing for five
minutes is noisy no longer. What "recent" means is not documented; here it fades with a minute.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")
SHARE, LEAST = 0.1, 30
RECENT_SECONDS, SILENT_SECONDS = 60.0, 300.0


class Waiting(NamedTuple, Generic[T]):
    """A message that can be received: its group, empty for none, and when it was sent (seconds)."""

    group: str
    sent: float
    message: T


@dataclass
class Shares:
    """What the groups of one queue have had of its consumers."""

    _used: dict[str, float] = field(default_factory=dict)
    _at: float = 0.0

    def choose(
        self, waiting: Iterable[Waiting[T]], flying: Mapping[str, int], most: int, *, now: float
    ) -> list[T]:
        """So many messages at most, in the order in which they are received.

        `waiting` are the oldest first; `flying` is how many of each group are in flight, those
        without a group as many groups of one message.
        """
        found = list(waiting)
        latest: dict[str, float] = {}
        for one in found:
            latest[one.group] = max(latest.get(one.group, one.sent), one.sent)
        noisy = {
            group
            for group in self.noisy(flying, now)
            if now - latest.get(group, now) <= SILENT_SECONDS
        }
        chosen = [one.message for one in found if one.group not in noisy][:most]
        loud: dict[str, deque[T]] = {}
        for one in found:
            if one.group in noisy:
                loud.setdefault(one.group, deque()).append(one.message)
        counts = Counter(flying)
        while loud and len(chosen) < most:
            group = min(loud, key=counts.__getitem__)
            chosen.append(loud[group].popleft())
            counts[group] += 1
            if not loud[group]:
                del loud[group]
        return chosen

    def noisy(self, flying: Mapping[str, int], now: float) -> set[str]:
        """The groups that are noisy now; ask often, so that their time is known."""
        passed = max(now - self._at, 0.0)
        fade = math.exp(-passed / RECENT_SECONDS)
        groups = {*self._used, *flying}
        self._used = {
            group: used
            for group in groups
            if (used := self._used.get(group, 0.0) * fade + flying.get(group, 0) * passed)
            > fade / 1e3
        }
        self._at = now
        in_flight, time = sum(flying.values()), sum(self._used.values())
        crowds = {group for group, n in flying.items() if n >= LEAST and n > SHARE * in_flight}
        slow = {group for group, used in self._used.items() if used > SHARE * time}
        return (crowds | slow) - {""}
