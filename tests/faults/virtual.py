"""Scenarios in virtual time: days pass in a minute, and the code under test is the real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from tests.property import noise, slices, watchers, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 20
# How much longer the others may wait, at the 99th percentile, for a noisy receiver.
MOST_RATIO = 1.2


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


def _noise(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """A burst of five times as many deliveries as there are commands, to the noisy one."""
    calm, wrong = noise.measured(seed, 0, None), []
    say(f"quick receivers alone: {_waits(calm)}")
    for kind, reply in noise.KINDS.items():
        found = noise.measured(seed, 5 * count, reply)
        ratio = found.p99 / calm.p99
        say(f"beside one that {kind}: {_waits(found)}, ratio {ratio:.2f}")
        say(f"  which got {found.noisy_calls:,} calls, {found.noisy_heard:,} of them delivered")
        if ratio > MOST_RATIO or found.heard != calm.heard:
            wrong.append(f"beside one that {kind} the others' p99 is {ratio:.2f} times as long")
    return wrong


def _watchers(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """Ten watchers for each command that was asked for."""
    found = watchers.watch(10 * count, seed)
    ends = sum(map(len, found.ends))
    say(f"{len(found.ends):,} watchers of {len(found.ids)} commands each saw {ends:,} ends")
    say(", ".join(f"{number:,} {what}" for what, number in sorted(found.count.items())))
    return found.contradictions()


def _waits(found: noise.Noise) -> str:
    p50, p99 = found.p50 * 1000, found.p99 * 1000
    return f"{found.heard:,} deliveries, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


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
    "noisy-receiver": Virtual(
        "a receiver with many deliveries is slow or fails, and the others do not notice",
        _noise,
    ),
    "watchers": Virtual(
        "clients whose connections are refused, closed and broken off see each end exactly once",
        _watchers,
    ),
}
