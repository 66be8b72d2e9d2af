"""Queues, their consumers and the owners of commands in virtual time.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
has the rules of fair queues. A consumer is one of a mapping's concurrent invocations: it receives
up to ten messages, and is free again when the longest of them has run.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import count
from math import exp
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.model import PendingEntry
from tests.builders import NOW, command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BATCH = 10
LASTS = 600.0
# A handler takes so many seconds.
WORK = (0.05, 0.3)
MEAN_BATCH = 0.28


class Arrival(NamedTuple):
    """A command: when it was sent, by whom."""

    at: float
    owner: str


class Done(NamedTuple):
    """A command that ended: how long it waited for its start, and took in all."""

    arrival: Arrival
    wait: float
    took: float


@dataclass
class Lane:
    """One queue and its consumers; without `fair` no message has a group."""

    consumers: int
    fair: bool = False
    done: list[Done] = field(default_factory=list)
    busy: int = 0
    _groups: dict[str, deque[Arrival]] = field(default_factory=dict)
    _flying: Counter[str] = field(default_factory=Counter)
    # Recent processing time by group, and when it was last added up.
    _used: dict[str, float] = field(default_factory=dict)
    _at: float = 0.0
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Write messages as the entry points do."""
        self.group_of = _group_of(fair=self.fair)

    def send(self, one: Arrival) -> None:
        """A message arrives."""
        group = self.group_of(one.owner)
        self._seen.add(group)
        self._groups.setdefault(group, deque()).append(one)

    @property
    def groups(self) -> int:
        """How many groups have sent something."""
        return len(self._seen)

    def begin(self, now: float, random: Random) -> tuple[float, list[Arrival]] | None:
        """An invocation: when it ends, and its commands; None where nothing waits."""
        batch = self._receive(now)
        if not batch:
            return None
        longest = 0.0
        for one in batch:
            took = random.uniform(*WORK)
            longest = max(longest, took)
            self.done.append(Done(one, now - one.at, now + took - one.at))
        self._flying += Counter(self.group_of(one.owner) for one in batch)
        self.busy += 1
        return now + longest, batch

    def end(self, batch: Sequence[Arrival]) -> None:
        """The messages of an invocation are deleted."""
        self._flying -= Counter(self.group_of(one.owner) for one in batch)
        self.busy -= 1

    def _receive(self, now: float) -> list[Arrival]:
        """Messages of quiet groups first, then of the noisy one with the fewest in flight."""
        noisy = self._noisy(now)
        flying = Counter(self._flying)
        batch: list[Arrival] = []
        while self._groups and len(batch) < BATCH:
            name = min(
                self._groups,
                key=lambda group: (group in noisy and 1 + flying[group], self._groups[group][0].at),
            )
            batch.append(self._groups[name].popleft())
            flying[name] += 1
            if not self._groups[name]:
                del self._groups[name]
        return batch

    def _noisy(self, now: float) -> set[str]:
        """The groups with more than a tenth of what is in flight, 30 messages at least, or with
        more than a tenth of the recent processing time.
        """
        passed, self._at = now - self._at, now
        fade = exp(-passed / 60)
        self._used = {
            group: self._used.get(group, 0.0) * fade + self._flying[group] * passed
            for group in {*self._used, *self._flying}
        }
        total, time = sum(self._flying.values()), sum(self._used.values())
        crowds = {group for group, n in self._flying.items() if n >= 30 and n > total / 10}
        return (crowds | {group for group, used in self._used.items() if used > time / 10}) - {""}


def play(
    lanes: Sequence[Lane],
    arrivals: Sequence[tuple[int, Arrival]],
    random: Random,
    *,
    until: float = LASTS,
    account: int = 1_000,
) -> None:
    """Let the consumers of all lanes work; the account has so many concurrent executions."""
    order = count()
    events: list[tuple[float, int, int, Arrival | list[Arrival]]] = [
        (one.at, next(order), number, one) for number, one in arrivals
    ]
    heapify(events)
    while events and events[0][0] < until:
        now, _, number, what = heappop(events)
        if isinstance(what, Arrival):
            lanes[number].send(what)
        else:
            lanes[number].end(what)
        # Whom Lambda throttles where the account has no room is left to chance.
        for at in random.sample(range(len(lanes)), len(lanes)):
            lane = lanes[at]
            while lane.busy < lane.consumers and sum(it.busy for it in lanes) < account:
                if (begun := lane.begin(now, random)) is None:
                    break
                heappush(events, (begun[0], next(order), at, begun[1]))


def _group_of(*, fair: bool) -> Callable[[str], str]:
    """What the entry points write as the group of an owner's message."""
    sender = SQSSender(lambda: None, "https://queue", fair=fair)
    entry = PendingEntry(since=NOW, lease_until=NOW, input={})

    @cache
    def group(owner: str) -> str:
        sent = sender._entry(command(owner=owner, pending_entry=entry))
        return str(sent.get("MessageGroupId", ""))

    return group


def steady(owners: Sequence[str], each: float, random: Random, until: float) -> list[Arrival]:
    """Commands of these owners, so many a second of each."""
    found: list[Arrival] = []
    for owner in owners:
        at = random.expovariate(each)
        while at < until:
            found.append(Arrival(at, owner))
            at += random.expovariate(each)
    return found


def p99(values: Sequence[float]) -> float:
    """Of a hundred values the last but one."""
    return sorted(values)[int(len(values) * 0.99)]


def noisy_owner(burst: int, seed: int, *, fair: bool = True) -> float:
    """The p99 of ten quiet owners' commands in seconds, from submission to end, where another one
    queues so many at once.
    """
    random = Random(seed)  # noqa: S311 - the same in every run
    quiet = steady([f"owner-{number}" for number in range(10)], 1.0, random, LASTS)
    lane = Lane(10, fair=fair)
    play([lane], [(0, one) for one in [*quiet, *[Arrival(60.0, "noisy")] * burst]], random)
    assert lane.groups == (11 if fair and burst else 10 if fair else 1)
    return p99([one.took for one in lane.done if one.arrival.owner != "noisy"])


class Overload(NamedTuple):
    """The p99 of the wait for a start in queue `high`, in seconds, and the share of what it can run
    that `low` has run.
    """

    high: float
    low: float


HIGH, LOW = 5, 10


def overload(times: float, seed: int, *, account: int = HIGH + LOW, apart: bool = True) -> Overload:
    """A steady stream in `high`, and so many times what `low` can run; not `apart`: in one queue
    with the consumers of both.
    """
    random = Random(seed)  # noqa: S311 - the same in every run
    seconds = LASTS / 20
    wanted = steady(["high"], 0.5 * HIGH * BATCH / MEAN_BATCH, random, seconds)
    others = steady(["low"], times * LOW * BATCH / MEAN_BATCH, random, seconds) if times else []
    lanes = [Lane(HIGH), Lane(LOW)] if apart else [Lane(HIGH + LOW)]
    arrivals = [(0, one) for one in wanted] + [(len(lanes) - 1, one) for one in others]
    play(lanes, arrivals, random, until=seconds, account=account)
    done = [one for lane in lanes for one in lane.done]
    return Overload(
        p99([one.wait for one in done if one.arrival.owner == "high"]),
        sum(one.arrival.owner == "low" for one in done) / (LOW * BATCH / MEAN_BATCH * seconds),
    )
