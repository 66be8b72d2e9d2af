"""What every subcommand works with, and how a run of it ends when it is interrupted."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from scripts import cli
from scripts.dlq.browser import QueueBrowser, hiding_time
from scripts.dlq.queue import Queue, RateLimiter
from scripts.interrupts import Unfinished
from scripts.stored_commands import StoredCommands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.dlq.deployed import DeployedQueues
    from scripts.interrupts import GracefulShutdown

Result = TypeVar("Result")


def print_note(text: str) -> None:
    """A line for people, beside the result."""
    click.echo(text, err=True)


@dataclass
class Session:
    """An environment, and how a run is to behave.

    `hide` is for how many seconds a look hides a message, None to derive it. `notes` gets the lines
    for people; `bars` says whether a terminal may show progress. `so_far` is what the run has done,
    for the line about an interruption.
    """

    target: DeployedQueues
    shutdown: GracefulShutdown
    hide: int | None = None
    notes: Callable[[str], None] = print_note
    bars: bool = True
    so_far: str = "nothing was changed"
    _browser: QueueBrowser | None = field(default=None, init=False)
    _progress: Progress | None = field(default=None, init=False)

    @cached_property
    def dlq(self) -> Queue:
        """The dead-letter queue."""
        return Queue(self.target.sqs, self.target.dlq_url, self.shutdown.wait)

    @cached_property
    def queue(self) -> Queue:
        """The queue that the worker reads."""
        return Queue(self.target.sqs, self.target.queue_url, self.shutdown.wait)

    @cached_property
    def commands(self) -> StoredCommands:
        """The table."""
        return StoredCommands(self.target, self.shutdown.wait)

    def rate_limiter(self, rate: int | None) -> RateLimiter:
        """At most so many messages a second."""
        return RateLimiter(rate, self.shutdown.wait)

    def run(self, work: Callable[[], Result]) -> Result:
        """Do the work of a subcommand; interrupted, it completes its step and releases messages.

        Where a step takes too long, or a second signal comes, the step is left behind and the
        messages are released all the same. A signal during that ends the run at once.
        """
        self.shutdown.on_request = self._warn
        try:
            return self.shutdown.run(work)
        except Unfinished:
            if self._progress:
                self._progress.stop()
            notes, self.notes = self.notes, lambda _: None  # what is left behind says no more
            notes(f"interrupted during a step: {self.so_far}")
            browser = self._browser
            if browser and not browser.releasing:
                with contextlib.suppress(Unfinished):
                    self.shutdown.run(browser.release)
            if browser and browser.hidden:
                notes(_hidden(browser))
            raise

    def _warn(self) -> None:
        if self._browser and self._browser.hidden:
            self.notes(
                f"releasing {many(self._browser.hidden)}; interrupt again to stop immediately"
                f" (the others become visible within {self._browser.hide} seconds)"
            )

    @contextlib.contextmanager
    def browse(
        self, limit: int | None = None, *, rate: int | None = None
    ) -> Iterator[QueueBrowser]:
        """One look at the dead-letter messages, which says so where some stay hidden."""
        hide = self.hide or hiding_time(self.count() if limit is None else limit, rate)
        browser = QueueBrowser(self.dlq, hide=hide, shutdown=self.shutdown, limit=limit)
        self._browser = browser
        try:
            with browser:
                yield browser
        finally:
            if browser.hidden:
                self.notes(_hidden(browser))
            if not self.shutdown.abandoned:
                self._browser = None

    def count(self) -> int:
        """How many dead-letter messages there are, visible or not, as far as SQS knows."""
        depth = self.dlq.depth()
        return depth.visible + depth.hidden

    @contextlib.contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A bar on a terminal; call what it yields with how many more are done."""
        console = Console(stderr=True)
        shown = self.bars and console.is_terminal
        with Progress(console=console, disable=not shown, transient=True) as bar:
            self._progress, task = bar, bar.add_task(what, total=total or None)
            yield lambda number: bar.advance(task, number)


def many(number: int) -> str:
    """So many messages, in words."""
    return cli.many(number, "message")


def _hidden(browser: QueueBrowser) -> str:
    return f"{many(browser.hidden)} may stay hidden for up to {browser.hide} seconds"
