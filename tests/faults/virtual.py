"""Scenarios in virtual time: days pass in a minute, and the code under test is the real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from tests.property import slices, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 20


class Virtual(NamedTuple):
    """A scenario: what it claims, and what plays it with a seed and so many commands.

    `play` says what happened, and returns the contradictions.
    """

    claim: str
    play: Callable[[int, int, Callable[[str], None]], list[str]]


def simulated(
    name: str, scenario: Virtual, *, seed: int, count: int, say: Callable[[str], None]
) -> list[str]:
    """Play a scenario, and return its contradictions."""
    say(f"\n{name}: {scenario.claim} (--only {name} --seed {seed})")
    began = time.monotonic()
    wrong = scenario.play(seed, count, lambda line: say(f"  {line}"))
    for line in wrong[:_SHOWN]:
        say(f"  CONTRADICTION {line}")
    say(f"  {time.monotonic() - began:.0f} s")
    return wrong


def _deliveries(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    done = webhooks.bad_days(count, seed)
    for line in done.lines():
        say(line)
    wrong = done.contradictions()
    failed = len(done.sending.queue.dead)
    again = webhooks.replayed(done)
    say(f"replayed: {failed:,} dead-letter messages, unheard {len(again)}")
    return wrong + again


def _slices(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    jobs = [
        slices.job(seed + number, fifo=fifo) for number in range(count) for fifo in (False, True)
    ]
    repeated, kills = sum(one.repeated for one in jobs), sum(one.kills for one in jobs)
    say(f"{len(jobs):,} jobs of 25 slices, {kills:,} kills, {repeated:,} slices repeated")
    return [f"job {number}: {it}" for number, one in enumerate(jobs) for it in one.contradictions()]


VIRTUAL = {
    "slices": Virtual(
        "jobs that continue 24 times, on standard and FIFO queues, whose workers are killed fifty"
        " times at any call of table and queue",
        _slices,
    ),
    "deliveries": Virtual(
        "days of webhooks to receivers that are down, slow, overloaded, gone, or talk nonsense,"
        " while 10 % of the notifier's calls and 3 % of the sender's fail or end its process",
        _deliveries,
    ),
}
