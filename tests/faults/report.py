"""A ledger for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.ledger import Ledger

_SHOWN = 20
_CALM = "1 where no process dies and no call fails"

# How a command keeps its effects, and what is asserted of every command of that kind.
_ASSERTED = {
    "committed": "with commit(): asserted is 1, killed or not",
    "keyed": "with an idempotency key: asserted is 1, killed or not",
    "once": f"with once(): none after its record; {_CALM}",
    "plain": f"with neither: at most 1 per attempt; {_CALM}",
}


def lines(ledger: Ledger) -> list[str]:
    """What was added up, and the first contradictions."""
    commands = ledger.commands
    ends = Counter(one.status.value for one in ledger.found.values())
    numbers = " + ".join(f"{ends[name]} {name.lower()}" for name in sorted(ends)) or "none recorded"
    runs = sum(len(ledger.of(one, "run")) for one in commands)
    groups = len({one.group for one in commands if one.group})
    hidden = len(ledger.contradictions) - _SHOWN
    return [
        f"submitted {len(commands)} = {numbers}; left in the queue: {ledger.left}",
        f"dead-letter messages {ledger.dead.total()}, retryable failures {len(ledger.retryable())}",
        f"processes killed once on purpose: {len(ledger.deaths)}; runs: {runs}",
        *([f"groups, in each of which the order is asserted: {groups}"] if groups else []),
        *_effects(ledger),
        *[f"CONTRADICTION {line}" for line in ledger.contradictions[:_SHOWN]],
        *([f"and {hidden} more contradictions"] if hidden > 0 else []),
    ]


def _effects(ledger: Ledger) -> list[str]:
    effects: dict[str, Counter[int]] = {kind: Counter() for kind in _ASSERTED}
    for one in ledger.commands:
        if one.kind in effects:
            effects[one.kind][len(ledger.of(one, "effect"))] += 1
    return [
        f"effects {asserted}; " + ", ".join(f"{n}x: {spread[n]}" for n in sorted(spread))
        for kind, asserted in _ASSERTED.items()
        if (spread := effects[kind])
    ]
