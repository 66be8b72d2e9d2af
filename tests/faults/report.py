"""A ledger for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.ledger import Ledger

_SHOWN = 20
_CALM = "1 where no process dies and no call fails"


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
        "effects per bystander, and what is asserted:",
        f"  with the idempotency key {_spread(ledger, 'keyed')} (1)",
        f"  with once() {_spread(ledger, 'once')} (none after its record; {_CALM})",
        f"  with neither {_spread(ledger, 'plain')} (at most 1 per attempt; {_CALM})",
        *[f"CONTRADICTION {line}" for line in ledger.contradictions[:_SHOWN]],
        *([f"and {hidden} more contradictions"] if hidden > 0 else []),
    ]


def _spread(ledger: Ledger, kind: str) -> str:
    commands = [one for one in ledger.commands if one.kind == kind and one.bystander]
    spread = Counter(len(ledger.of(one, "effect")) for one in commands)
    return ", ".join(f"{number}x: {count}" for number, count in sorted(spread.items())) or "-"
