"""``python -m scripts.drill``: ring every alarm, and show who heard it.

Exit codes: 0 every alarm was heard and is over; 1 one was not, or an error; 2 wrong usage.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from scripts import cli
from scripts.drill.rounds import Drill, Ring
from scripts.errors import OperatorError
from scripts.target.options import targeted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.target.target import Target

_OUTPUTS = (
    "alarm_names",
    "alarm_topic_arn",
    "commands_endpoint",
    "sqs_dlq_url",
    "worker_function_name",
)
# An alarm that looks at one minute is over when the next one has passed; on AWS metrics of a
# queue that was idle come up to 15 minutes late.
_LOCAL_SECONDS = 420.0
_AWS_SECONDS = 1800.0


@click.command()
@targeted
@click.option("--only", multiple=True, metavar="ALARM", help="Test only this alarm; repeatable.")
@click.option(
    "--states",
    is_flag=True,
    help="Only set alarm states; send no message, cause no error, write no metric.",
)
@click.option(
    "--yes", is_flag=True, help="On AWS: skip the confirmation before subscribers are notified."
)
@click.option("--timeout", type=click.FloatRange(min=1), metavar="SECONDS")
def drill(
    target: Target,
    *,
    only: tuple[str, ...],
    states: bool,
    yes: bool,
    timeout: float | None,
) -> int:
    """Trigger every alarm of an environment and check that its notification arrives."""
    target.require(*_OUTPUTS)
    name = target.settings.folder
    if not (target.local or yes):
        click.echo(f"This triggers every alarm of {name} and notifies all subscribers.", err=True)
        if click.prompt("Type the environment's name to confirm", err=True) != name:
            raise OperatorError("the environment's name does not match; nothing was done")
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=110)
    seconds = timeout or (_LOCAL_SECONDS if target.local else _AWS_SECONDS)
    console.print(f"Alarms ring, and are over within {seconds / 60:.0f} minutes at most ...")
    rings = Drill(target, console.print, seconds, states).run(only)
    console.print(table(rings))
    return verdict(rings)


def table(rings: Sequence[Ring]) -> Table:
    """What was done about each alarm, and what was heard."""
    shown = Table("Alarm", "Trigger", "Alarm after", "OK again after", box=None, pad_edge=False)
    for ring in rings:
        shown.add_row(ring.key, ring.way.words, _seconds(ring.heard), _seconds(ring.over))
    return shown


def verdict(rings: Sequence[Ring]) -> int:
    """0 where all was heard; OperatorError with what was not."""
    silent = [ring.key for ring in rings if ring.heard is None]
    if silent:
        raise OperatorError(
            f"no notification arrived for {', '.join(silent)}; check the alarm's history and its"
            " topic: docs/procedures.md#the-drill"
        )
    if lasting := [ring.key for ring in rings if ring.over is None]:
        raise OperatorError(
            f"{', '.join(lasting)} did not return to OK in time; see docs/runbook.md#{lasting[0]}"
        )
    return 0


def _seconds(value: float | None) -> str:
    return "[red]not notified[/]" if value is None else f"{value:.0f} s"


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return cli.run(drill, args)


if __name__ == "__main__":
    sys.exit(main())
