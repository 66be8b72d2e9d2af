"""What the operator is told of schedules: when they fire, how their runs ended, what follows."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import click

from scripts import table
from scripts.framework import envelope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scripts.framework import model
    from scripts.schedules.deployed import DeployedSchedules, Schedule

COLUMNS = ("name", "owner", "state", "cron", "zone", "next (UTC)", "last run")
_NONE = "-"
# So many runs back the list looks for one that has a record.
_LOOKED_BACK = 3
_SHOWN = 5


class Summary(NamedTuple):
    """A schedule, when it fires next, unless it is paused, and its last run that has a record."""

    schedule: Schedule
    upcoming: datetime | None
    last: model.Command | None


def summaries(deployed: DeployedSchedules, *, now: datetime) -> list[Summary]:
    """One of each schedule; OperatorError where there are none."""
    schedules = [deployed.get(name) for name in deployed.names()]
    ids = {one.name: one.last_fired(_LOOKED_BACK, now=now) for one in schedules}
    runs = deployed.runs([run for several in ids.values() for run in several], now=now)
    return [
        Summary(
            one,
            next(one.following(now), None) if one.enabled else None,
            next((runs[run] for run in ids[one.name] if run in runs), None),
        )
        for one in schedules
    ]


def show_all(deployed: DeployedSchedules, *, now: datetime) -> None:
    """Print a line for each schedule."""
    found = summaries(deployed, now=now)
    rows = [
        (
            one.name,
            one.owner or _NONE,
            one.told["State"],
            one.expression,
            str(one.zone),
            _utc(upcoming) if upcoming else _NONE,
            f"{_time(last)} {status_of(last)}" if last else _NONE,
        )
        for one, upcoming, last in found
    ]
    table.show(COLUMNS, rows)
    for one, *_ in found:
        if not one.enabled:
            click.echo(f"{one.name} is paused; {next_apply(one)}", err=True)


def show(deployed: DeployedSchedules, schedule: Schedule, *, now: datetime) -> None:
    """Print one schedule with its next times and its last runs."""
    upcoming = list(islice(schedule.following(now), _SHOWN))
    words = ", ".join(_utc(at) for at in upcoming) or "never again"
    fires = words if schedule.enabled else f"paused; resumed, it would fire {words}"
    click.echo(f"schedule: {schedule.name}, {schedule.told['State']}")
    if schedule.by_api:
        click.echo(f"owner: {schedule.owner or 'none; clients of this API have no owners'}")
    click.echo(f"fires: {schedule.expression} in {schedule.zone}")
    click.echo(f"sends: {_sent(schedule)}")
    click.echo(f"next (UTC): {fires}")
    ids = schedule.last_fired(_SHOWN, now=now)
    runs = deployed.runs(ids, now=now)
    for run in ids:
        outcome = status_of(runs[run]) if run in runs else "no record: queued, deleted or not sent"
        click.echo(f"run: {run} {outcome}")
    click.echo(f"next apply: {next_apply(schedule)}")
    if runs:
        newest = next(run for run in ids if run in runs)
        click.echo(f"next: {deployed.command('commands', 'show', newest)}", err=True)
    if not schedule.enabled:
        click.echo(f"next: {deployed.command('schedules', 'resume', schedule.name)}", err=True)


def show_times(schedule: Schedule, times: Sequence[datetime]) -> None:
    """Print when a schedule fires: in its own zone, in UTC, and the id of the run."""
    rows = [
        (at.astimezone(schedule.zone).isoformat(timespec="minutes"), _utc(at), schedule.run_id(at))
        for at in times
    ]
    table.show((str(schedule.zone), "UTC", "command"), rows)
    if not times:
        click.echo(f"{schedule.name} never fires again", err=True)
    if not schedule.enabled:
        click.echo(f"{schedule.name} is paused, so none of these fires", err=True)


def next_apply(schedule: Schedule) -> str:
    """What an apply makes of the state, which Terraform owns unless a client made the schedule."""
    if schedule.by_api:
        return "an apply leaves it as it is; a PUT of its owner sets its state"
    if schedule.enabled:
        return "an apply pauses it where terraform.tfvars has enabled = false"
    return (
        "an apply RESUMES it, unless terraform.tfvars has enabled = false in"
        f" commands.schedules.{schedule.name}"
    )


def _sent(schedule: Schedule) -> str:
    """What a schedule sends; its input is never shown."""
    try:
        message = json.loads(schedule.told["Target"]["Input"])
        command_type = str(json.loads(message["MessageBody"])["type"])
        skips = envelope.SCHEDULE in message["MessageAttributes"]
    except (KeyError, TypeError, ValueError):
        return "a message that this tool does not understand"
    overlap = "skipped while another run has not ended" if skips else "at its time in any case"
    return f"a command of the type {command_type}, {overlap}"


def status_of(command: model.Command) -> str:
    """How a run stands, with the code of its failure."""
    code = command.failure.code if command.failure else ""
    return f"{command.status} ({code})" if code else str(command.status)


def _time(command: model.Command) -> str:
    return command.id.partition(":")[2]


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
