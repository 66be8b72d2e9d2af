"""Submitting a file of commands: a progress bar, and a report of what was not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from scripts.commands import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.commands.api import CommandsApi
    from scripts.commands.lines import Line


def submit_file(api: CommandsApi, found: Sequence[Line], concurrency: int) -> int:
    """Send all lines, print the ids of those that were taken; 1 if any was not."""
    console = Console(stderr=True)
    sent = track(
        lines.send(api, found, concurrency),
        description="Submitting",
        total=len(found),
        console=console,
        disable=not console.is_terminal,
    )
    failed = []
    for line in sent:
        if line.problem:
            failed.append(line)
        else:
            click.echo(line.id)
    for line in failed:
        click.echo(f"line {line.number} {line.problem}", err=True)
    click.echo(f"submitted {len(found) - len(failed)} of {len(found)} commands", err=True)
    if failed:
        click.echo("send the same file again: what was taken does not run twice", err=True)
    return 1 if failed else 0
