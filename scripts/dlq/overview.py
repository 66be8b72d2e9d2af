"""Dead letters in groups: how many, how old, why; a table to people, tabs to programs."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.cli import one_line
from scripts.dlq.choice import NONE, code_of, type_of
from scripts.dlq.if_redriven import if_redriven

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from scripts.dlq.letter import Letter
    from scripts.dlq.records import Known

COLUMNS = ("type", "error", "status", "count", "oldest", "newest", "if redriven", "example")
_MESSAGE_LENGTH = 160


@dataclass
class Group:
    """Letters of one type whose commands ended in the same way."""

    type: str
    code: str
    status: str
    if_redriven: str
    example: str
    oldest: datetime
    newest: datetime
    count: int = 0
    message: str = ""
    _failed_at: datetime | None = None

    def add(self, letter: Letter, known: Known | None) -> None:
        """One letter more; the latest of the errors is the one that is shown."""
        self.count += 1
        self.oldest = min(self.oldest, letter.sent_at)
        self.newest = max(self.newest, letter.sent_at)
        if known and known.command.failure:
            at = known.command.updated_at
            if self._failed_at is None or at > self._failed_at:
                self._failed_at, self.message = at, known.command.failure.message


@dataclass
class Overview:
    """All groups of one pass."""

    groups: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)

    def add(self, letter: Letter, known: Known | None, *, now: datetime) -> None:
        """Count one letter."""
        status = known.command.status.value if known else NONE
        key = (
            type_of(letter, known),
            code_of(known),
            status,
            if_redriven(letter, known, now=now),
        )
        if key not in self.groups:
            self.groups[key] = Group(*key, letter.key, letter.sent_at, letter.sent_at)
        self.groups[key].add(letter, known)

    def by_size(self) -> list[Group]:
        """The groups, the largest first."""
        return sorted(self.groups.values(), key=lambda one: (-one.count, one.type, one.code))

    def show(self, *, now: datetime) -> None:
        """Print the groups, the largest first, with the last error of each."""
        groups = self.by_size()
        if not sys.stdout.isatty():
            for group in groups:
                click.echo("\t".join([*_cells(group, now), _last_error(group)]))
            return
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for group in groups:
            table.add_row(*[escape(cell) for cell in _cells(group, now)])
        Console().print(table)
        for group in groups:
            if group.message:
                click.echo(f"  {group.type} {group.code}: {_last_error(group)}")


def age(value: timedelta) -> str:
    """A duration in its two largest units, like 3d4h or 12m5s."""
    seconds = max(0, int(value.total_seconds()))
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h")]
    parts += [(seconds // 60 % 60, "m"), (seconds % 60, "s")]
    first = next((index for index, (number, _) in enumerate(parts) if number), len(parts) - 1)
    shown = [f"{number}{unit}" for number, unit in parts[first : first + 2] if number]
    return "".join(shown) or "0s"


def _cells(group: Group, now: datetime) -> list[str]:
    ages = [age(now - group.oldest), age(now - group.newest)]
    counted = [group.type, group.code, group.status, str(group.count)]
    return [*counted, *ages, group.if_redriven, group.example]


def _last_error(group: Group) -> str:
    # Whatever a handler put into it must not move a terminal's cursor.
    text = "".join(one for one in one_line(group.message) if one.isprintable())
    return text[:_MESSAGE_LENGTH]
