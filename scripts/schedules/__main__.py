"""``python -m scripts.schedules list | show | next | pause | resume``: recurring schedules.

Exit codes: 0 done; 1 an error; 2 wrong usage; 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import functools
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.schedules import report
from scripts.schedules.deployed import DISABLED, ENABLED, schedules_of
from scripts.target.options import targeted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.schedules.deployed import DeployedSchedules
    from scripts.target.target import Target

_APPLY = click.option("--apply", is_flag=True, help="Apply the change; without it, dry run.")
_NAME = click.argument("name", metavar="NAME")


def _on_schedules(command: Callable[..., None]) -> Callable[..., None]:
    @targeted
    @functools.wraps(command)
    def with_schedules(target: Target, **options: object) -> None:
        command(schedules_of(target), **options)

    return with_schedules


def now() -> datetime:
    """The time by which runs are future or past."""
    return datetime.now(UTC)


@click.group()
def schedules() -> None:
    """List recurring schedules, show when they fire, pause and resume them."""


@schedules.command("list")
@_on_schedules
def list_(deployed: DeployedSchedules) -> None:
    """List the schedules with state, next time, and last run that has a record."""
    report.show_all(deployed, now=now())


@schedules.command()
@_on_schedules
@_NAME
def show(deployed: DeployedSchedules, name: str) -> None:
    """Show one schedule, its next times, its last runs, and what an apply would change."""
    report.show(deployed, deployed.get(name), now=now())


@schedules.command("next")
@_on_schedules
@_NAME
@click.option("--count", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N")
def next_(deployed: DeployedSchedules, name: str, count: int) -> None:
    """Show the next times at which a schedule fires, with the ids of the commands."""
    schedule = deployed.get(name)
    report.show_times(schedule, list(islice(schedule.following(now()), count)))


@schedules.command()
@_on_schedules
@_NAME
@_APPLY
def pause(deployed: DeployedSchedules, name: str, *, apply: bool) -> None:
    """Stop firing. Runs that were sent go on; times that pass are not made up for."""
    _change(deployed, name, DISABLED, apply=apply)


@schedules.command()
@_on_schedules
@_NAME
@_APPLY
def resume(deployed: DeployedSchedules, name: str, *, apply: bool) -> None:
    """Fire again, from the next time on."""
    _change(deployed, name, ENABLED, apply=apply)


def _change(deployed: DeployedSchedules, name: str, state: str, *, apply: bool) -> None:
    schedule = deployed.get(name)
    verb, done = ("resume", "resumed") if state == ENABLED else ("pause", "paused")
    if schedule.told["State"] == state:
        click.echo(f"{name}: was {'enabled' if state == ENABLED else 'paused'} already")
    elif not apply:
        click.echo(f"{name}: would be {done}")
        again = deployed.command("schedules", verb, name, "--apply")
        click.echo(f"dry run; to {verb} it: {again}", err=True)
        return
    else:
        deployed.set_state(schedule, state)
        schedule = deployed.get(name)
        click.echo(f"{name}: {done}")
    following = next(schedule.following(now()), None) if schedule.enabled else None
    if following is not None:
        click.echo(f"next: {following.astimezone(schedule.zone).isoformat(timespec='minutes')}")
    click.echo(f"next apply: {report.next_apply(schedule)}")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(schedules, args)


if __name__ == "__main__":
    sys.exit(main())
