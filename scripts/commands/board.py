"""A table of commands that follows them until all have ended."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from scripts import cli, interrupts
from scripts.commands.api import TIMEOUT_SECONDS, explained
from scripts.errors import OperatorError
from scripts.framework import answers, model, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console, RenderableType

    from command_client.command import Change
    from command_client.waiting import Follower
    from scripts.commands.api import CommandsApi

# Nothing is stored yet: the worker writes at the first attempt.
QUEUED = "QUEUED"
# What the API says of an id that it never saw, too.
UNKNOWN = "unknown or still queued"
# An id that this process did not submit may be misspelt: it is not asked for any longer then.
GIVE_UP_SECONDS = 15.0
_STYLES: Mapping[str, str] = {
    model.Status.PENDING: "yellow",
    model.Status.PROCESSING: "cyan",
    model.Status.CANCELLING: "yellow",
    model.Status.COMPLETED: "green",
    model.Status.FAILED: "red",
}


@dataclass
class Row:
    """One command as the API last described it; `due` is in seconds from now.

    `submitted`: the API has taken it from this process. `given_up`: it never showed up.
    """

    id: str
    what: str
    follower: Follower
    submitted: bool
    due: float = 0.0
    given_up: bool = False

    @property
    def last(self) -> Mapping[str, object]:
        """What the API has shown last, empty before it shows anything."""
        return self.follower.last or {}

    @property
    def status(self) -> str:
        """Its status; before the API shows it, QUEUED only where it was taken from this process."""
        unseen = QUEUED if self.submitted else UNKNOWN
        return str(self.last.get("status", unseen))

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        found = self.last.get("attempts")
        return found if isinstance(found, int) else 0

    @property
    def share(self) -> float | None:
        """How far it has come, 0 to 1; None where its handler does not say."""
        share = self._progress.get("share")
        return float(share) if isinstance(share, int | float) else None

    @property
    def progress(self) -> str:
        """The same for people, empty where its handler does not say."""
        if self.share is None:
            return ""
        note = cli.one_line(str(self._progress.get("note", "")))
        # Whatever a handler put into it must not move a terminal's cursor.
        return f"{self.share:.0%} {''.join(filter(str.isprintable, note))}".rstrip()

    @property
    def _progress(self) -> Mapping[str, object]:
        found = self.last.get("progress")
        return found if isinstance(found, dict) else {}

    @property
    def note(self) -> str:
        """Why nothing newer is known, else the code of its last error."""
        if self.follower.failures:
            return self.follower.trouble
        error = self.last.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""


@dataclass
class Board:
    """The commands being followed, each by the client's own rules."""

    api: CommandsApi
    rows: list[Row] = field(default_factory=list)

    def add(self, command_id: str, what: str, *, submitted: bool = True) -> None:
        """Follow one more command; without `submitted` one that may not exist."""
        follower = waiting.Follower(partial(self.api.get, command_id))
        self.rows.append(Row(command_id, what, follower, submitted))

    def follow(self, console: Console, *, seconds: float) -> bool:
        """Ask until all have ended or the time is up; True where all have ended.

        A live table on a terminal, a line per change of status elsewhere. OperatorError where the
        API refuses to show one of them.
        """
        began = time.monotonic()
        end = began + seconds
        if console.is_terminal:
            with Live(self.table(), console=console, refresh_per_second=4) as live:
                self._follow(began, end, lambda _: live.update(self.table()))
        else:
            self._follow(began, end, lambda row: _line(console, row))
            console.print(self.table())
        return all(row.follower.ended for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many commands are in each status."""
        return dict(sorted(Counter(row.status for row in self.rows).items()))

    def table(self) -> Table:
        """The commands as they are now."""
        titles = ("Command", "Description", "Status", "Attempts", "Last error")
        bars = any(row.share is not None for row in self.rows)
        table = Table(*titles, *(["Progress", ""] if bars else []), box=None, pad_edge=False)
        for row in self.rows:
            status = f"[{_STYLES.get(row.status, 'dim')}]{row.status}[/]"
            cells = (escape(row.id), row.what, status, str(row.attempts), escape(row.note))
            table.add_row(*cells, *(_bar(row) if bars else []))
        return table

    def _follow(self, began: float, end: float, changed: Callable[[Row], None]) -> None:
        while True:
            for row in self._open():
                if row.due <= 0:
                    self._ask(row, end, changed)
                unseen = not row.submitted and row.follower.last is None
                waited = time.monotonic() - began
                row.given_up = unseen and not row.follower.failures and waited > GIVE_UP_SECONDS
            left = end - time.monotonic()
            if left <= 0 or not (asked := self._open()):
                return
            pause = min(left, *(row.due for row in asked))
            interrupts.sleep(pause)
            for row in asked:
                row.due -= pause

    def _open(self) -> list[Row]:
        return [row for row in self.rows if not (row.follower.ended or row.given_up)]

    def _ask(self, row: Row, end: float, changed: Callable[[Row], None]) -> None:
        before = _state(row)
        try:
            row.follower.ask(min(TIMEOUT_SECONDS, max(0.1, end - time.monotonic())))
        except answers.Refused as error:
            raise OperatorError(f"{row.id}: {explained(error)}") from None
        row.due = row.follower.pause
        if _state(row) != before:
            changed(row)


def _state(row: Row) -> tuple[object, ...]:
    return row.status, row.attempts, row.follower.failures > 0, row.progress


def change(one: Change) -> str:
    """A change of a command's status, for people."""
    text: str = one["status"]
    if "attempt" in one:
        text += f", attempt {one['attempt']}"
    if "seconds" in one:
        text += f", {one['seconds']:g} s"
    if one.get("handedOver"):
        text += ", handed over"
    if "error" in one:
        text += f", {one['error']['code']}: {one['error']['message']}"
    return text


def _bar(row: Row) -> list[RenderableType]:
    if row.share is None:
        return []
    return [ProgressBar(total=1, completed=row.share, width=20), escape(row.progress)]


def _line(console: Console, row: Row) -> None:
    trouble = f"{row.follower.trouble}; trying again" if row.follower.failures else ""
    attempt = f", attempt {row.attempts}" if row.follower.last else ""
    progress = f", {row.progress}" if row.progress else ""
    text = trouble or f"{row.status}{attempt}{progress}"
    console.print(f"  {row.id}: {text}", markup=False)
