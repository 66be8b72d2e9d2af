"""What was measured as ratios within one run, beside what the design asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.workers import CONCURRENT, NAIVE, PROJECT, WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.bench.instrument_log import Measured, Throttled
    from tests.bench.stage import Load

NOTHING = "-"
NAMES = tuple(worker.name for worker in WORKERS)


@dataclass
class Results:
    """All figures of one run, each by the worker's name.

    What was not measured is empty. `direct_units` and `validated_units` are write units of a
    command with 16 KB of input. `growth` and `batches` hold billed time per message / work time, by
    how many messages waited and by how many Lambda handed over at once.
    """

    load: Load
    runs: dict[str, Measured] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    zip_bytes: dict[str, int] = field(default_factory=dict)
    throttled: dict[str, Throttled] = field(default_factory=dict)
    direct_units: dict[str, float] = field(default_factory=dict)
    validated_units: dict[str, float] = field(default_factory=dict)
    growth: dict[int, dict[str, float]] = field(default_factory=dict)
    batches: dict[int, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One figure of every worker; None where a worker has none, or nothing is asked for."""

    label: str
    values: Mapping[str, float]
    target: float | None = None
    digits: int = 2

    @property
    def missed(self) -> bool:
        """Whether this project is worse than the target, as far as the digits show."""
        value = self.values.get(PROJECT.name)
        if self.target is None or value is None:
            return False
        return round(value, self.digits) > self.target


def rows(results: Results) -> list[Row]:
    """The table of one run, without the rows that were not measured."""
    runs, work, throttled = results.runs, results.load.seconds, results.throttled
    concurrent = throttled[CONCURRENT.name].billed if throttled else 0.0
    found = [
        Row("billed time per message / work time", _of(runs, lambda r: r.billed / work), 0.21),
        Row("wall time / naive", _relative(runs, lambda r: r.wall), 0.21),
        Row("DynamoDB writes per command", _writers(runs, lambda r: r.writes), 2.05),
        Row("DynamoDB reads per command", _writers(runs, lambda r: r.reads), 0),
        Row("SQS calls of the worker per command", _of(runs, lambda r: r.sqs), None),
        Row("cold import / boto3 and its DynamoDB client", results.imports, 1.05),
        Row("CPU per message / one stubbed write", results.cpu, 2.7),
        Row("peak memory / naive", _relative(runs, lambda r: r.peak_mb), None),
        Row("zip size / this project", _zips(results.zip_bytes), None),
        Row(
            "billed time / concurrent, 10 % throttled",
            {name: run.billed / concurrent for name, run in throttled.items()},
            1.2,
        ),
        Row("billed time, s, 10 % throttled", {n: run.billed for n, run in throttled.items()}),
        Row("commands lost, 10 % throttled", {n: run.lost for n, run in throttled.items()}, 0),
        Row("write units, 16 KB of input, direct", results.direct_units, 4),
        Row("write units, 16 KB of input, validated", results.validated_units, 24),
    ]
    return [row for row in found if row.values]


def table(
    header: Sequence[str], found: Iterable[tuple[str, Sequence[str]]], *, width: int = 44
) -> str:
    """A plain table: the label on the left, figures right below their heads."""
    widths = [max(len(head), 7) for head in header[1:]]
    lines = [_line(header[0], header[1:], width, widths)]
    lines += [_line(label, cells, width, widths) for label, cells in found]
    return "\n".join(lines)


def headline(found: Sequence[Row]) -> str:
    """The rows as text, with the design's target and whether it was met."""
    cells = [(row.label, [*_cells(row.values, row.digits), *_target(row)]) for row in found]
    return table(("", *NAMES, "target", ""), cells)


def series(title: str, unit: str, found: Mapping[int, Mapping[str, float]]) -> str:
    """How one figure grows, as text."""
    cells = [(f"{size:>6} {unit}", _cells(values, 2)) for size, values in found.items()]
    return table((title, *NAMES), cells)


def _line(label: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> str:
    right = "  ".join(cell.rjust(size) for cell, size in zip(cells, widths, strict=False))
    return f"{label:<{width}}  {right}".rstrip()


def _cells(values: Mapping[str, float], digits: int) -> list[str]:
    return [f"{values[name]:.{digits}f}" if name in values else NOTHING for name in NAMES]


def _target(row: Row) -> tuple[str, str]:
    if row.target is None:
        return NOTHING, ""
    return f"≤ {row.target:g}", "missed" if row.missed else "met"


def _of(runs: Mapping[str, Measured], figure: Callable[[Measured], float]) -> dict[str, float]:
    return {name: figure(run) for name, run in runs.items()}


def _relative(
    runs: Mapping[str, Measured], figure: Callable[[Measured], float]
) -> dict[str, float]:
    """The figure of each worker, by the naive one's."""
    return {name: figure(run) / figure(runs[NAIVE.name]) for name, run in runs.items()}


def _writers(runs: Mapping[str, Measured], figure: Callable[[Measured], float]) -> dict[str, float]:
    return {name: value for name, value in _of(runs, figure).items() if name != NAIVE.name}


def _zips(sizes: Mapping[str, int]) -> dict[str, float]:
    return {name: size / sizes[PROJECT.name] for name, size in sizes.items()}
