"""``python -m tests.bench``: measure the project's worker and its peers side by side."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

import click

from scripts import cli
from scripts.stack.stack import LocalStack
from tests.bench.chart import chart, growth_chart
from tests.bench.cpu import cpu_per_message
from tests.bench.imports import cold_imports
from tests.bench.instrument_log import Measured, Throttled, summed
from tests.bench.rows import Results, headline, rows, series
from tests.bench.stage import THROTTLED, Load, Stage
from tests.bench.units import direct_units, validated_units
from tests.bench.workers import CONCURRENT, NAIVE, PROJECT, WORKERS, product, zipped
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.workers import Worker

Found = TypeVar("Found", Measured, Throttled)
CHART = Path(__file__).resolve().parents[2] / "docs" / "bench.svg"
QUEUED, SIZES = (1, 10, 100, 1000), (1, 2, 5, 10)
GROWING = (NAIVE, CONCURRENT, PROJECT)
PARTS = ("imports", "cpu", "runs", "throttled", "units")


@click.command()
@click.option("--messages", type=click.IntRange(20, 10_000), default=500, help="Queued at first.")
@click.option("--rounds", type=click.IntRange(1, 9), default=3, help="Runs; the median counts.")
@click.option("--growth/--no-growth", default=True, help="Also other queue and batch sizes.")
@click.option("--only", type=click.Choice(PARTS), help="Measure these rows alone; no charts.")
@click.option("--check", is_flag=True, help="Exit with 1 where a target is missed.")
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), default=CHART, help="The chart."
)
@click.pass_context
def bench(  # noqa: PLR0913 - the options
    context: click.Context,
    messages: int,
    rounds: int,
    only: str | None,
    svg: Path,
    *,
    growth: bool,
    check: bool,
) -> None:
    """Measure the worker beside others on a local stack of its own; takes about six minutes."""
    load, growth = Load(messages=messages), growth and only is None
    with tempfile.TemporaryDirectory() as scratch:
        stack = LocalStack(Path(scratch, "stack"), free_port())
        stack.start()
        try:
            parts = PARTS if only is None else (only,)
            results = _measure(Stage(stack), load, rounds, parts)
            if growth:
                _grow(results, Stage(stack))
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
    if only is None:
        svg.write_text(chart(found), encoding="utf-8")
        click.echo(f"\nchart: {svg}")
    missed = [row.label for row in found if row.missed]
    if missed:
        click.echo(f"missed: {'; '.join(missed)}", err=True)
        context.exit(1 if check else 0)


def _measure(stage: Stage, load: Load, rounds: int, parts: Sequence[str]) -> Results:
    results, writers = Results(load), [worker for worker in WORKERS if worker.writes]
    if "imports" in parts:
        _say("cold imports")
        results.zip_bytes = {worker.name: len(zipped(product(worker))) for worker in WORKERS}
        results.imports = cold_imports(WORKERS)
    if "cpu" in parts:
        for worker in writers:
            _say(f"CPU of {worker.name}")
            results.cpu[worker.name] = cpu_per_message(worker, stage)
    if "units" in parts:
        _say("write units")
        results.direct_units = {one.name: direct_units(one, stage) for one in writers}
        results.validated_units = {PROJECT.name: validated_units(PROJECT, stage)}
    if "runs" in parts:
        found = _rounds(WORKERS, rounds, load, lambda worker: summed(stage.run(worker, load)))
        results.runs = {name: _middle(Measured, runs) for name, runs in found.items()}
    if "throttled" in parts:
        throttled = _rounds((CONCURRENT, PROJECT), rounds, THROTTLED, stage.run_throttled)
        results.throttled = {name: _middle(Throttled, runs) for name, runs in throttled.items()}
    return results


def _rounds(
    workers: Sequence[Worker], rounds: int, load: Load, run: Callable[[Worker], Found]
) -> dict[str, list[Found]]:
    """Each worker's runs, in turns: what disturbs the machine disturbs all."""
    found: dict[str, list[Found]] = {worker.name: [] for worker in workers}
    for turn in range(rounds):
        for worker in workers:
            _say(f"{load.messages} messages, {worker.name}, round {turn + 1} of {rounds}")
            found[worker.name].append(run(worker))
    return found


def _grow(results: Results, stage: Stage) -> None:
    for queued in QUEUED:
        results.growth[queued] = _billed(stage, Load(messages=queued))
    for size in SIZES:
        results.batches[size] = _billed(stage, Load(messages=100, batch_size=size))


def _billed(stage: Stage, load: Load) -> dict[str, float]:
    def billed(worker: Worker) -> float:
        _say(f"{load.messages} messages in batches of {load.batch_size}, {worker.name}")
        return summed(stage.run(worker, load)).billed / load.seconds

    return {worker.name: billed(worker) for worker in GROWING}


def _middle(kind: Callable[..., Found], found: Sequence[Found]) -> Found:
    """Each figure's median; they need not come from the same round."""
    names = [field.name for field in fields(found[0])]
    return kind(**{name: median(getattr(run, name) for run in found) for name in names})


def _say(what: str) -> None:
    click.echo(f"measuring: {what}", err=True)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(bench, args)


if __name__ == "__main__":
    sys.exit(main())
