"""``python -m scripts.capacity``: queue depth, limits and cost for a given load."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.capacity import limits
from scripts.capacity.cost import month
from scripts.capacity.findings import findings
from scripts.capacity.model import DIRECT, Load
from scripts.capacity.plot import svg_chart
from scripts.capacity.report import report
from scripts.capacity.settings import read_sizes
from scripts.capacity.simulation import simulate
from scripts.framework import rates

if TYPE_CHECKING:
    from collections.abc import Sequence

_HORIZON = 86_400.0
# Beyond that, no load is meant and no figure means anything.
_MOST = 1e9


class Amount(click.FloatRange):
    """A finite number within a range: `nan` compares with nothing."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Turn text into a number."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number; use, for example, 20", param, ctx)
        return number


_POSITIVE = Amount(min=0, min_open=True, max=_MOST)
_AMOUNT = Amount(min=0, max=_MOST)


class Bytes(click.ParamType[int]):
    """A size like 900, 2KB or 1.5MB."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Turn text into bytes."""
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(B|KB|MB)?", str(value), re.IGNORECASE)
        if not found:
            self.fail(f"{value!r} is not a size; use, for example, 2KB", param, ctx)
        unit = {"KB": limits.KB, "MB": limits.KB**2}.get((found[2] or "").upper(), 1)
        return max(1, round(float(found[1]) * unit))


class StartRate(click.ParamType[float]):
    """A rate as HANDLERS has it, in starts per second as they are spaced."""

    name = "rate"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Turn text into a number."""
        try:
            return rates.SECOND / rates.rate_of(str(value)).spacing
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command(context_settings={"show_default": True})
@click.option("--env", default="dev", help="Folder of environments/ whose settings are used.")
@click.option("--queue", default="default", help="One of `commands.queues` in its settings.")
@click.option("--rate", type=_AMOUNT, default=1.0, help="Steady load, in commands per second.")
@click.option(
    "--limit",
    "start_rate",
    type=StartRate(),
    help='`rate` of the type in HANDLERS, for example "10/s"; default: none.',
)
@click.option(
    "--burst", type=_AMOUNT, default=0.0, help="Size of one additional burst, in commands."
)
@click.option(
    "--burst-seconds", type=_AMOUNT, default=0.0, help="Duration of the burst, in seconds."
)
@click.option("--bursts", type=_AMOUNT, default=30.0, help="Bursts per month, for the cost.")
@click.option("--work", type=_POSITIVE, default=0.05, help="Duration of a handler run, in seconds.")
@click.option(
    "--payload", type=Bytes(), default="1KB", help="Size of a command's input, for example 2KB."
)
@click.option(
    "--result", type=Bytes(), default="200B", help="Size of a command's result, for example 200B."
)
@click.option("--polls", type=_AMOUNT, default=1.0, help="Status requests per command.")
@click.option(
    "--seconds",
    type=_POSITIVE,
    default=_HORIZON,
    help="Stop the simulation after this time, in seconds.",
)
@click.option(
    "--direct", is_flag=True, help="Commands arrive in the queue directly, not through the API."
)
@click.option("--batch-size", type=click.IntRange(1, 10_000), help="Override worker_batch_size.")
@click.option(
    "--batch-concurrency", type=click.IntRange(1, 10_000), help="Override worker.batch_concurrency."
)
@click.option(
    "--window",
    "window_seconds",
    type=Amount(0, 300),
    help="Override the batching window, in seconds.",
)
@click.option(
    "--max-concurrency", type=click.IntRange(2, 1000), help="Override worker_max_concurrency."
)
@click.option(
    "--timeout",
    "timeout_seconds",
    type=Amount(1, 900),
    help="Override worker_timeout, in seconds.",
)
@click.option(
    "--memory",
    "memory_mb",
    type=click.IntRange(128, 10_240),
    help="Override the worker's memory, in MB.",
)
@click.option(
    "--retention",
    "retention_seconds",
    type=Amount(60, 1_209_600),
    help="Override sqs_retention_seconds.",
)
@click.option(
    "--api-rate", type=_POSITIVE, help="Throttling rate of the API, in requests per second."
)
@click.option("--api-burst", type=Amount(min=1), help="Throttling burst of the API, in requests.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a chart to this SVG file.",
)
def capacity(  # noqa: PLR0913  one parameter for each option
    *,
    env: str,
    queue: str,
    rate: float,
    burst: float,
    burst_seconds: float,
    bursts: float,
    work: float,
    payload: int,
    result: int,
    polls: float,
    seconds: float,
    plot: Path | None,
    direct: bool,
    **sizes: Any,  # noqa: ANN401  each of its own type, checked by click
) -> None:
    """Estimate queue depth, drain time, the first limits reached, and the monthly cost."""
    if not rate and not burst:
        raise click.UsageError("no load given; pass --rate, --burst or both")
    chosen = {name: value for name, value in sizes.items() if value is not None}
    if direct:
        chosen |= {"api_rate": None, "submission": DIRECT}
    fleet = replace(read_sizes(env, queue=queue), **chosen)
    load = Load(
        rate=rate,
        burst=burst,
        burst_seconds=burst_seconds,
        work_seconds=work,
        payload_bytes=payload,
        result_bytes=result,
    )
    run = simulate(load, fleet, seconds=seconds)
    bill = month(load, fleet, bursts=bursts, polls=polls)
    click.echo(report(load, fleet, run, findings(load, fleet, run), bill))
    if plot:
        plot.write_text(svg_chart(run.points), encoding="utf-8")
        click.echo(f"\nplot: {plot}")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(capacity, args)


if __name__ == "__main__":
    sys.exit(main())
