"""Scenarios in virtual time of those who are told of commands: receivers of webhooks, watchers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.simulation import MOST_RATIO, Virtual
from tests.property import noise, watchers, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable


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


def _waits(found: noise.Noise) -> str:
    p50, p99 = found.p50 * 1000, found.p99 * 1000
    return f"{found.heard:,} deliveries, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


def _watchers(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """Ten watchers for each command that was asked for."""
    found = watchers.watch(10 * count, seed)
    ends = sum(map(len, found.ends))
    say(f"{len(found.ends):,} watchers of {len(found.ids)} commands each saw {ends:,} ends")
    say(", ".join(f"{number:,} {what}" for what, number in sorted(found.count.items())))
    return found.contradictions()


TELLING = {
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
