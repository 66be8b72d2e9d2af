"""What the operator is told: depth, drain, age, what breaks first, what a month costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scripts.capacity import limits
from scripts.capacity.model import DIRECT, VALIDATED, write_units
from scripts.capacity.plot import duration, text_chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.capacity.cost import Bill
    from scripts.capacity.findings import Finding
    from scripts.capacity.model import Load, Sizes
    from scripts.capacity.simulation import Run

_WIDTH = 30
_INPUTS_KB = (0.5, 4, 16, 64)


def report(load: Load, sizes: Sizes, run: Run, found: Sequence[Finding], bill: Bill) -> str:
    """The whole answer as text."""
    sections = (
        _queue(load, sizes, run),
        iter([text_chart(run.points)]),
        _breaks(found),
        _costs(bill),
        _writes(load),
    )
    return "\n\n".join("\n".join(section) for section in sections)


def _queue(load: Load, sizes: Sizes, run: Run) -> Iterator[str]:
    busy = load.rate / sizes.capacity(load)
    yield _row("takes", f"{sizes.capacity(load):,.1f} commands/s once scaled out")
    yield _row(
        "", f"{sizes.most_batches} batches of {sizes.batch_size}, {sizes.batch_seconds(load):.2f} s"
    )
    yield _row("steady load", f"{busy:.0%} of that")
    yield _row("offered", f"{run.offered:,.0f} commands, {run.rejected:,.0f} answered 429")
    yield _row("done", f"{run.done:,.0f}, {run.expired:,.0f} expired, {run.queued:,.0f} waiting")
    yield _row("deepest queue", f"{run.deepest:,.0f}")
    yield _row("longest wait", duration(max(run.oldest_seconds, 0.1)))
    drained = run.drained_at
    yield _row("drained after", "not in this time" if drained is None else duration(drained))


def _breaks(found: Sequence[Finding]) -> Iterator[str]:
    if not found:
        yield "Nothing breaks."
        return
    yield "What breaks first:"
    for number, finding in enumerate(found, start=1):
        when = f"after {duration(finding.at)}" if finding.at else "at once"
        yield f"  {number}. {when}: {finding.what}"
        yield f"     {finding.advice}"


def _costs(bill: Bill) -> Iterator[str]:
    yield f"A month of {bill.commands:,.0f} commands, list prices of us-east-1:"
    for name, dollars in bill.items.items():
        yield _row("  " + name, _dollars(dollars))
    yield _row("  total", _dollars(bill.total))
    if bill.commands:
        yield _row("  per million commands", _dollars(bill.total / bill.commands * 1e6))


def _writes(load: Load) -> Iterator[str]:
    yield "DynamoDB write units of a command by its input, without steps and retries:"
    yield _row("", "".join(f"{size:>7g} KB" for size in _INPUTS_KB))
    loads = [replace(load, payload_bytes=round(size * limits.KB)) for size in _INPUTS_KB]
    for mode in (DIRECT, VALIDATED):
        yield _row(f"  {mode}", "".join(f"{write_units(one, mode):10}" for one in loads))


def _row(label: str, value: str) -> str:
    return f"{label:<{_WIDTH}} {value}"


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}".rjust(14)
