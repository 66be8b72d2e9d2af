"""Submitting a file of commands: a progress bar, and a report of what was not taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from scripts import cli
from scripts.commands import lines, sending
from scripts.parallel import Interrupted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.commands.api import CommandsApi
    from scripts.commands.lines import Line
    from scripts.commands.sending import Sent

_MOST_SHOWN = 20
_AGAIN = "run the same command again; commands that were accepted do not run twice"


def submit_file(api: CommandsApi, data: bytes, concurrency: int) -> int:
    """Send all lines, print the ids of those that were taken; 1 if any was not, 130 on Ctrl-C.

    Where a line is no command, none is sent.
    """
    try:
        found = lines.read(data)
    except KeyboardInterrupt:
        click.echo("interrupted: nothing was sent", err=True)
        raise
    if found.problems:
        _say(found.problems)
        click.echo("nothing was sent; correct the file and run the same command again", err=True)
        return 1
    report = _Report(found.commands)
    console = Console(stderr=True)
    sent = track(
        sending.send(api, found.commands, concurrency),
        description="Submitting",
        total=len(found.commands),
        console=console,
        disable=not console.is_terminal,
    )
    try:
        for line, outcome in sent:
            report.note(line, outcome)
    except Interrupted as interrupt:
        return report.interrupted(interrupt.unfinished)
    return report.finished()


@dataclass
class _Report:
    commands: Sequence[Line]
    outcomes: dict[str, Sent] = field(default_factory=dict)
    _printed: int = 0

    def note(self, line: Line, outcome: Sent) -> None:
        """Print the ids that were taken, in the file's order."""
        self.outcomes[line.id] = outcome
        while self._printed < len(self.commands):
            next_ = self.commands[self._printed]
            if next_.id not in self.outcomes:
                return
            self._print(next_)
            self._printed += 1

    def finished(self) -> int:
        """Say what was not taken."""
        tried = [(one, said) for one in self.commands if (said := self.outcomes[one.id]).problem]
        _say([f"line {one.number} {said.problem}" for one, said in tried if said.tried])
        if rest := sum(not said.tried for _, said in tried):
            click.echo(f"{rest} more were not attempted", err=True)
        click.echo(f"submitted {self._taken} of {len(self.commands)} commands", err=True)
        if tried:
            click.echo(_AGAIN, err=True)
        return 1 if tried else 0

    def interrupted(self, unfinished: int) -> int:
        """Say how far it came."""
        for line in self.commands[self._printed :]:
            if line.id in self.outcomes:
                self._print(line)
        unknown = f"; {unfinished} more without an answer yet" if unfinished else ""
        click.echo(
            f"interrupted: submitted {self._taken} of {len(self.commands)} commands{unknown}",
            err=True,
        )
        click.echo(_AGAIN, err=True)
        return cli.INTERRUPTED

    @property
    def _taken(self) -> int:
        return sum(not one.problem for one in self.outcomes.values())

    def _print(self, line: Line) -> None:
        if not self.outcomes[line.id].problem:
            click.echo(line.id)


def _say(problems: Sequence[str]) -> None:
    for problem in problems[:_MOST_SHOWN]:
        click.echo(cli.one_line(problem), err=True)
    if (more := len(problems) - _MOST_SHOWN) > 0:
        click.echo(f"and {more} more", err=True)
