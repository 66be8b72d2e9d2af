"""What every subcommand works with."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from scripts import cli
from scripts.dlq.queue import Queue
from scripts.dlq.records import Records
from scripts.dlq.sweep import Sweep, hiding_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.dlq.place import Place
    from scripts.dlq.stop import Stop


def say(text: str) -> None:
    """A line for people, beside the result."""
    click.echo(text, err=True)


@dataclass(frozen=True)
class Desk:
    """A place, and how a run is to behave: `hide` seconds for what is looked at, None to derive.

    `tell` gets the lines for people; `bars` says whether a terminal may show progress.
    """

    place: Place
    stop: Stop
    hide: int | None = None
    tell: Callable[[str], None] = say
    bars: bool = True

    @cached_property
    def dlq(self) -> Queue:
        """The dead-letter queue."""
        return Queue(self.place.sqs, self.place.dlq_url)

    @cached_property
    def queue(self) -> Queue:
        """The queue that the worker reads."""
        return Queue(self.place.sqs, self.place.queue_url)

    @cached_property
    def records(self) -> Records:
        """The table."""
        return Records(self.place)

    @contextlib.contextmanager
    def sweep(self, limit: int | None = None, *, rate: int | None = None) -> Iterator[Sweep]:
        """One pass over the dead letters, which says so where some stay hidden for a while."""
        letters = self.about() if limit is None else limit
        hide = self.hide or hiding_time(letters, rate)
        sweep = Sweep(self.dlq, hide=hide, stop=self.stop, limit=limit)
        try:
            with self.stop.between_steps(), sweep:
                yield sweep
        finally:
            if sweep.unrestored:
                self.tell(f"{many(sweep.unrestored)} may stay hidden for up to {hide} seconds")

    def about(self) -> int:
        """How many letters there are, visible or not, as far as SQS knows."""
        depth = self.dlq.depth()
        return depth.visible + depth.hidden

    @contextlib.contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A bar on a terminal; call what it yields with how many more are done."""
        console = Console(stderr=True)
        shown = self.bars and console.is_terminal
        with Progress(console=console, disable=not shown, transient=True) as bar:
            task = bar.add_task(what, total=total or None)
            yield lambda number: bar.advance(task, number)


def many(number: int) -> str:
    """So many letters, in words."""
    return cli.many(number, "letter")
