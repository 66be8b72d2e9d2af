"""Scenarios in virtual time: days pass in a minute, and the code under test is the real one."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.faults.counting import COUNTING
from tests.faults.simulation import MOST_RATIO, Virtual
from tests.faults.telling import TELLING
from tests.property import handing_over, shares, slices

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 20
# What a noisy owner queues at once.
BURST = 100_000
# The ratio for a noisy owner, and what an overloaded queue runs at least of what it can.
MOST_NOISY, LEAST_SHARE = 2.0, 0.95


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


def _noisy_owner(seed: int, _count: int, say: Callable[[str], None]) -> list[str]:
    """With and without the noisy one, and with both in a queue without groups."""
    calm, loud = shares.noisy_owner(0, seed), shares.noisy_owner(BURST, seed)
    unfair = shares.noisy_owner(BURST, seed, fair=False)
    say(
        f"ten owners, p99 until the end: {calm:.2f} s; beside {BURST:,} commands of another"
        f" {loud:.2f} s, ratio {loud / calm:.2f}; without groups {unfair:.0f} s"
    )
    wrong = [] if loud <= MOST_NOISY * calm else [f"the p99 is {loud / calm:.2f} times as long"]
    return wrong + ([] if unfair > 10 * loud else ["groups make no difference"])


def _overload(seed: int, _count: int, say: Callable[[str], None]) -> list[str]:
    """Two queues with consumers of their own, in an account that has room for both."""
    calm, busy = shares.overload(0, seed), shares.overload(10, seed)
    one, small = shares.overload(10, seed, apart=False), shares.overload(10, seed, account=10)
    say(
        f"p99 of the wait in high: {calm.high * 1000:.0f} ms alone, {busy.high * 1000:.0f} ms"
        f" beside ten times what low can run; low ran {busy.low:.0%} of that"
    )
    say(f"in one queue {one.high:.0f} s; in an account without room for both {small.high:.1f} s")
    wrong = [] if busy.high <= MOST_RATIO * calm.high else ["high waits longer beside low"]
    wrong += [] if busy.low > LEAST_SHARE else [f"low had {busy.low:.0%} of its share"]
    return wrong + ([] if one.high > 10 * busy.high else ["queues make no difference"])


def _slices(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    jobs = [
        slices.job(seed + number, fifo=fifo) for number in range(count) for fifo in (False, True)
    ]
    repeated, kills = sum(one.repeated for one in jobs), sum(one.kills for one in jobs)
    say(f"{len(jobs):,} jobs of 25 slices, {kills:,} kills, {repeated:,} slices repeated")
    return [f"job {number}: {it}" for number, one in enumerate(jobs) for it in one.contradictions()]


def _handed_over(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """As many worlds of a hundred commands as it takes."""
    worlds = [handing_over.played(seed + number, 100) for number in range(max(1, count // 100))]
    wrong = [
        f"world {number}: {it}" for number, one in enumerate(worlds) for it in one.contradictions()
    ]
    total = sum((one.count for one in worlds), Counter[str]())
    say(f"{total['started']:,} hand-overs of {100 * len(worlds):,} commands")
    say(f"{total['kills']:,} workers killed")
    say(f"{total['reports']:,} reports, {total['refused']:,} of them refused")
    ends = ("completed", "cancelled", "later", "hand_over_timed_out", "worker_lost")
    say(", ".join(f"{total[one]:,} {one}" for one in ends))
    return wrong


VIRTUAL = {
    "hand-overs": Virtual(
        "commands that are handed over to reporters that are quick, late, silent or repeat"
        " themselves, while workers are killed at any call",
        _handed_over,
    ),
    **COUNTING,
    "slices": Virtual(
        "jobs that continue 24 times, on standard and FIFO queues, whose workers are killed fifty"
        " times at any call of table and queue",
        _slices,
    ),
    "noisy-owner": Virtual(
        "an owner queues a burst of commands, and ten quiet ones hardly notice",
        _noisy_owner,
    ),
    "overload": Virtual(
        "a queue gets ten times what it can run, and the commands of another do not wait for it",
        _overload,
    ),
    **TELLING,
}
