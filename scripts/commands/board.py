"""A table of commands that follows them until all have ended."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from rich.live import Live
from rich.markup import escape
from rich.table import Table

from scripts.commands.api import TIMEOUT_SECONDS, explained
from scripts.errors import OperatorError
from scripts.framework import answers, model, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

    from command_client.waiting import Follower
    from scripts.commands.api import CommandsApi

# Nothing is stored yet: the worker writes at the first attempt.
QUEUED = "QUEUED"
_STYLES: Mapping[str, str] = {
    model.Status.PENDING: "yellow",
    model.Status.PROCESSING: "cyan",
    model.Status.COMPLETED: "green",
    model.Status.FAILED: "red",
}


@dataclass
class Row:
    """One command as the API last described it; `due` is in seconds from now."""

    id: str
    what: str
    follower: Follower
    due: float = 0.0

    @property
    def status(self) -> str:
        """Its status; QUEUED until the API knows it."""
        return str((self.follower.last or {}).get("status", QUEUED))

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        found = (self.follower.last or {}).get("attempts")
        return found if isinstance(found, int) else 0

    @property
    def note(self) -> str:
        """Why nothing newer is known, else the code of its last error."""
        if self.follower.failures:
            return self.follower.trouble
        error = (self.follower.last or {}).get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""


@dataclass
class Board:
    """The commands being followed, each by the client's own rules."""

    api: CommandsApi
    rows: list[Row] = field(default_factory=list)

    def add(self, command_id: str, what: str) -> None:
        """Follow one more command."""
        self.rows.append(Row(command_id, what, waiting.Follower(partial(self.api.get, command_id))))

    def follow(self, console: Console, *, seconds: float) -> bool:
        """Ask until all have ended or the time is up; True where all have ended.

        A live table on a terminal, a line per change of status elsewhere. OperatorError where the
        API refuses to show one of them.
        """
        end = time.monotonic() + seconds
        if console.is_terminal:
            with Live(self.table(), console=console, refresh_per_second=4) as live:
                self._follow(end, lambda _: live.update(self.table()))
        else:
            self._follow(end, lambda row: _line(console, row))
            console.print(self.table())
        return all(row.follower.ended for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many commands are in each status."""
        return dict(sorted(Counter(row.status for row in self.rows).items()))

    def table(self) -> Table:
        """The commands as they are now."""
        table = Table(
            "Command", "Description", "Status", "Attempts", "Last error", box=None, pad_edge=False
        )
        for row in self.rows:
            status = f"[{_STYLES.get(row.status, 'dim')}]{row.status}[/]"
            table.add_row(escape(row.id), row.what, status, str(row.attempts), escape(row.note))
        return table

    def _follow(self, end: float, changed: Callable[[Row], None]) -> None:
        while True:
            for row in self._open():
                if row.due <= 0:
                    self._ask(row, end, changed)
            left = end - time.monotonic()
            if left <= 0 or not (asked := self._open()):
                return
            pause = min(left, *(row.due for row in asked))
            time.sleep(pause)
            for row in asked:
                row.due -= pause

    def _open(self) -> list[Row]:
        return [row for row in self.rows if not row.follower.ended]

    def _ask(self, row: Row, end: float, changed: Callable[[Row], None]) -> None:
        before = (row.status, row.attempts, row.follower.failures > 0)
        try:
            row.follower.ask(min(TIMEOUT_SECONDS, max(0.1, end - time.monotonic())))
        except answers.Refused as error:
            raise OperatorError(f"{row.id}: {explained(error)}") from None
        row.due = row.follower.pause
        if (row.status, row.attempts, row.follower.failures > 0) != before:
            changed(row)


def _line(console: Console, row: Row) -> None:
    trouble = f"{row.follower.trouble}; trying again" if row.follower.failures else ""
    text = trouble or f"{row.status}, attempt {row.attempts}"
    console.print(f"  {row.id}: {text}", markup=False)
