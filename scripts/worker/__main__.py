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
from scripts.target.options import queue_targeted
from scripts.worker import listing, report
from scripts.worker.deployed import worker_of
from scripts.worker.promote import fetch
from scripts.worker.versions import published

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.target.target import Target
    from scripts.worker.deployed import DeployedWorker

# AWS: ScalingConfig of CreateEventSourceMapping in the Lambda API reference.
_CAP = click.IntRange(2, 1000)
_TIMEOUT = click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0),
    default=180,
    show_default=True,
    metavar="SECONDS",
    help="Maximum time to wait for AWS, in seconds.",
)


def _on_worker(command: Callable[..., None]) -> Callable[..., None]:
    @queue_targeted
    @functools.wraps(command)
    def with_worker(target: Target, **options: object) -> None:
        command(worker_of(target), **options)

    return with_worker


@click.group()
def worker() -> None:
    """Show, pause, resume and cap the worker; list and promote its versions."""


@worker.command()
@_on_worker
def show(deployed: DeployedWorker) -> None:
    """Show the worker, its backlog, and what an apply would change."""
    report.show(deployed, deployed.mapping().look())


@worker.command()
@_on_worker
@_TIMEOUT
def pause(deployed: DeployedWorker, seconds: float) -> None:
    """Stop receiving messages. They wait in the queue; running batches finish."""
    _change(deployed, seconds, "paused", enabled=False)


@worker.command()
@_on_worker
@_TIMEOUT
def resume(deployed: DeployedWorker, seconds: float) -> None:
    """Receive messages again."""
    _change(deployed, seconds, "resumed", enabled=True)


@worker.command()
@_on_worker
@click.argument("number", metavar="N", type=_CAP)
@_TIMEOUT
def cap(deployed: DeployedWorker, number: int, seconds: float) -> None:
    """Limit concurrent batches to N (2-1000), also while paused."""
    _change(deployed, seconds, f"capped at {number}", cap=number)


@worker.command()
@_on_worker
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
def versions(deployed: DeployedWorker, last: int) -> None:
    """List published versions. Shows which one is live and what a switch would change."""
    listing.show(deployed, published(deployed.lambda_, deployed.function), last)


@worker.command()
@_on_worker
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Output file; default: build/lambda.zip.",
)
def promote(deployed: DeployedWorker, output: Path) -> None:
    """Download the zip that the worker runs and verify its checksum."""
    path = output.absolute()
    fetch(deployed, path)
    for line in described(path):
        click.echo(line)
    digest = deployed.package_sha256
    click.echo(f"next: terraform -chdir=environments/NAME apply -var package_sha256={digest}")


def _change(
    deployed: DeployedWorker,
    seconds: float,
    done: str,
    *,
    enabled: bool | None = None,
    cap: int | None = None,
) -> None:
    try:
        state, changed = deployed.mapping(seconds).change(enabled=enabled, cap=cap)
    except KeyboardInterrupt:
        click.echo(
            "stopped waiting; the change may still complete. Check with:"
            f" {deployed.command('show')}",
            err=True,
        )
        raise
    click.echo(f"{deployed.function}: {done if changed else f'was {done} already'}")
    report.show(deployed, state)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(worker, args)


if __name__ == "__main__":
    sys.exit(main())
