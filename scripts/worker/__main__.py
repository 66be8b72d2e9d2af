"""``python -m scripts.worker show | pause | resume | cap | versions | promote``: its switches.

The switches need no deployment; a rollback to one of the versions is one variable of Terraform.
Exit codes: 0 the worker is in the state that was asked for; 1 it is not, or not yet; 2 wrong
usage; 130 interrupted by Ctrl-C, and then AWS goes on with what was asked for.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.package.build import OUTPUT, described
from scripts.worker import listing, report
from scripts.worker.place import resolve
from scripts.worker.promote import fetch
from scripts.worker.versions import published

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.worker.place import Place

# AWS: ScalingConfig of CreateEventSourceMapping in the Lambda API reference.
_CAP = click.IntRange(2, 1000)
_TIMEOUT = click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0),
    default=180,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for AWS to be done.",
)


def _placed(command: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(command)
    def with_place(*, env: str | None, local: bool, **options: object) -> None:
        command(resolve(env=env, local=local), **options)

    for option in (
        click.option("--local", is_flag=True, help="The local stack: make up."),
        click.option("--env", metavar="NAME", help="A folder of environments/ that is applied."),
    ):
        with_place = option(with_place)
    return with_place


@click.group()
def worker() -> None:
    """Pause the worker, resume it, cap how much of it runs at once; list and promote versions."""


@worker.command()
@_placed
def show(place: Place) -> None:
    """Say what the worker does now, what waits for it, and what an apply would change."""
    report.show(place, place.mapping().look())


@worker.command()
@_placed
@_TIMEOUT
def pause(place: Place, seconds: float) -> None:
    """Take no more messages: they wait in the queue, batches that run go on to their end."""
    _change(place, seconds, "paused", enabled=False)


@worker.command()
@_placed
@_TIMEOUT
def resume(place: Place, seconds: float) -> None:
    """Take messages again."""
    _change(place, seconds, "resumed", enabled=True)


@worker.command()
@_placed
@click.argument("number", metavar="N", type=_CAP)
@_TIMEOUT
def cap(place: Place, number: int, seconds: float) -> None:
    """Let at most N batches run at once (2-1000), be the worker paused or not."""
    _change(place, seconds, f"capped at {number}", cap=number)


@worker.command()
@_placed
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
def versions(place: Place, last: int) -> None:
    """List what was published: which version is live, and what switching to another changes."""
    listing.show(place, published(place.lambda_, place.function), last)


@worker.command()
@_placed
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Where to write the zip; build/lambda.zip by default.",
)
def promote(place: Place, output: Path) -> None:
    """Fetch the zip that the worker runs, checked against what was deployed there."""
    path = output.absolute()
    fetch(place, path)
    for line in described(path):
        click.echo(line)
    digest = place.package_sha256
    click.echo(f"next: terraform -chdir=environments/NAME apply -var package_sha256={digest}")


def _change(
    place: Place,
    seconds: float,
    done: str,
    *,
    enabled: bool | None = None,
    cap: int | None = None,
) -> None:
    try:
        state, changed = place.mapping(seconds).change(enabled=enabled, cap=cap)
    except KeyboardInterrupt:
        click.echo(f"not waited for; AWS may go on: {place.command('show')}", err=True)
        raise
    click.echo(f"{place.function}: {done if changed else f'was {done} already'}")
    report.show(place, state)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(worker, args)


if __name__ == "__main__":
    sys.exit(main())
