"""A table of commands that follows them until all have ended."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rich.live import Live
from rich.table import Table

from scripts.framework import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from scripts.commands.api import CommandsApi

TERMINAL = frozenset(status for status in model.Status if status.terminal)
# Nothing is stored yet: the worker writes at the first attempt.
QUEUED = "QUEUED"
_STYLES: Mapping[str, str] = {
    model.Status.PENDING: "yellow",
    model.Status.PROCESSING: "cyan",
    model.Status.COMPLETED: "green",
    model.Status.FAILED: "red",
}
PAUSE_SECONDS = 0.3


@dataclass
class Row:
    """One command as the API last described it."""

    id: str
    what: str
    status: str = QUEUED
    attempts: int = 0
    note: str = ""

    @property
    def terminal(self) -> bool:
        """True where nothing more will happen."""
        return self.status in TERMINAL

    def update(self, shown: dict[str, Any]) -> None:
        """Take over what `GET /commands/{id}` says."""
        self.status, self.attempts = shown["status"], shown["attempts"]
        error = shown.get("error")
        self.note = error["code"] if error else ""


@dataclass
class Board:
    """The commands being followed."""

    api: CommandsApi
    rows: list[Row] = field(default_factory=list)

    def add(self, command_id: str, what: str) -> None:
        """Follow one more command."""
        self.rows.append(Row(command_id, what))

    def follow(self, console: Console, *, seconds: float, pause: float = PAUSE_SECONDS) -> bool:
        """Poll until all have ended or the time is up; True where all have ended.

        A live table on a terminal, a line per change of status elsewhere.
        """
        deadline = time.monotonic() + seconds
        if console.is_terminal:
            with Live(self.table(), console=console, refresh_per_second=4) as live:
                while not self._poll() and time.monotonic() < deadline:
                    live.update(self.table())
                    time.sleep(pause)
                live.update(self.table())
        else:
            while not self._poll(console) and time.monotonic() < deadline:
                time.sleep(pause)
            console.print(self.table())
        return all(row.terminal for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many commands are in each status."""
        return dict(sorted(Counter(row.status for row in self.rows).items()))

    def table(self) -> Table:
        """The commands as they are now."""
        table = Table(
            "Command", "What it does", "Status", "Attempts", "Last error", box=None, pad_edge=False
        )
        for row in self.rows:
            status = f"[{_STYLES.get(row.status, 'dim')}]{row.status}[/]"
            table.add_row(row.id, row.what, status, str(row.attempts), row.note)
        return table

    def _poll(self, console: Console | None = None) -> bool:
        for row in self.rows:
            if row.terminal:
                continue
            before = (row.status, row.attempts)
            answer = self.api.get(row.id)
            if answer.status == HTTPStatus.OK:
                row.update(answer.json())
            if console and (row.status, row.attempts) != before:
                console.print(f"  {row.id}: {row.status}, attempt {row.attempts}")
        return all(row.terminal for row in self.rows)
