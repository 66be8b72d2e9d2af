"""Filters for dead-letter messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from scripts.dlq.redriven import code_of, type_of

if TYPE_CHECKING:
    from scripts.dlq.message import DeadLetterMessage
    from scripts.stored_commands import StoredCommand

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Age(click.ParamType[timedelta]):
    """A duration on a command line."""

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read 90s, 15m, 1h or 7d."""
        found = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value))
        if not found:
            self.fail(f"{value!r} is not a duration like 90s, 15m, 1h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the options say; an empty filter matches every message."""

    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    older_than: timedelta | None = None
    younger_than: timedelta | None = None
    owner: str | None = None
    ids: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True where no option was given."""
        return self == Filter()

    def matches(
        self, message: DeadLetterMessage, stored: StoredCommand | None, *, now: datetime
    ) -> bool:
        """Whether this message is meant; `stored` is its command, if the table has it."""
        age = now - message.sent_at
        return (
            (not self.types or type_of(message, stored) in self.types)
            and (not self.codes or code_of(stored) in self.codes)
            and (self.older_than is None or age > self.older_than)
            and (self.younger_than is None or age < self.younger_than)
            and (self.owner is None or message.owner == self.owner)
            and (not self.ids or message.command_id in self.ids)
        )

    def options(self) -> list[str]:
        """The same options again, for a command line to copy."""
        many = {"--type": self.types, "--code": self.codes, "--id": self.ids}
        words = [word for flag, values in many.items() for one in values for word in (flag, one)]
        ages = {"--older-than": self.older_than, "--younger-than": self.younger_than}
        for flag, age in ages.items():
            words += [flag, f"{int(age.total_seconds())}s"] if age is not None else []
        return words + (["--owner", self.owner] if self.owner is not None else [])
