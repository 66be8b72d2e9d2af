"""``python -m tests.bench``: measure the project's worker and its peers side by side."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.local.stack import LocalStack
from tests.bench.chart import chart, growth_chart
from tests.bench.cpu import cpu_per_message
from tests.bench.imports import cold_imports
from tests.bench.instrument_log import Measured, summed
from tests.bench.rows import Results, headline, rows, series
from tests.bench.stage import Load, Stage
from tests.bench.workers import CONCURRENT, NAIVE, PROJECT, WORKERS, product, zipped
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.workers import Worker

CHART = Path(__file__).resolve().parents[2] / "docs" / "bench.svg"
QUEUED, SIZES = (1, 10, 100, 1000), (1, 2, 5, 10)
GROWING = (NAIVE, CONCURRENT, PROJECT)


@click.command()
@click.option("--messages", type=click.IntRange(20, 10_000), default=500, help="Queued at first.")
@click.option("--rounds", type=click.IntRange(1, 9), default=3, help="Runs; the median counts.")
@click.option("--growth/--no-growth", default=True, help="Also other queue and batch sizes.")
@click.option("--check", is_flag=True, help="Exit with 1 where a target is missed.")
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), default=CHART, help="The chart."
)
@click.pass_context
def bench(
    context: click.Context, messages: int, rounds: int, svg: Path, *, growth: bool, check: bool
) -> None:
    """Measure the worker beside others on a local stack of its own; takes about five minutes."""
    load = Load(messages=messages)
    with tempfile.TemporaryDirectory() as scratch:
        stack = LocalStack(Path(scratch, "stack"), free_port())
        stack.start()
        try:
            results = _measure(Stage(stack), load, rounds, growth=growth)
        finally:
            stack.stop()
    found = rows(results)
    click.echo(headline(found))
    if growth:
        grown = {
            "billed time / work time, {} queued": results.growth,
            "billed time / work time, batches of {}": results.batches,
        }
        growth_svg = svg.with_stem(f"{svg.stem}-growth")
        growth_svg.write_text(growth_chart(grown), encoding="utf-8")
        title = "billed time per message / work time"
        click.echo("\n" + series(title, "queued", results.growth))
        click.echo("\n" + series(title, "per batch", results.batches))
    svg.write_text(chart(found), encoding="utf-8")
    click.echo(f"\nchart: {svg}")
    missed = [row.label for row in found if row.missed]
    if missed:
        click.echo(f"missed: {'; '.join(missed)}", err=True)
        context.exit(1 if check else 0)


def _measure(stage: Stage, load: Load, rounds: int, *, growth: bool) -> Results:
    results = Results(load)
    results.zip_bytes = {worker.name: len(zipped(product(worker))) for worker in WORKERS}
    _say("cold imports")
    results.imports = cold_imports(WORKERS)
    for worker in WORKERS:
        if worker.writes:
            _say(f"CPU of {worker.name}")
            results.cpu[worker.name] = cpu_per_message(worker, stage)
    runs: dict[str, list[Measured]] = {worker.name: [] for worker in WORKERS}
    for turn in range(rounds):
        for worker in WORKERS:
            _say(f"{load.messages} messages, {worker.name}, round {turn + 1} of {rounds}")
            runs[worker.name].append(summed(stage.run(worker, load)))
    results.runs = {name: _middle(found) for name, found in runs.items()}
    if growth:
        for queued in QUEUED:
            results.growth[queued] = _billed(stage, Load(messages=queued))
        for size in SIZES:
            results.batches[size] = _billed(stage, Load(messages=100, batch_size=size))
    return results


def _billed(stage: Stage, load: Load) -> dict[str, float]:
    def billed(worker: Worker) -> float:
        _say(f"{load.messages} messages in batches of {load.batch_size}, {worker.name}")
        return summed(stage.run(worker, load)).billed / load.seconds

    return {worker.name: billed(worker) for worker in GROWING}


def _middle(found: Sequence[Measured]) -> Measured:
    """Each figure's median; they need not come from the same round."""
    names = Measured.__dataclass_fields__
    return Measured(**{name: median(getattr(run, name) for run in found) for name in names})


def _say(what: str) -> None:
    click.echo(f"measuring: {what}", err=True)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(bench, args)


if __name__ == "__main__":
    sys.exit(main())
