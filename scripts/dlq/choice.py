"""Which dead letters are meant."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scripts.dlq.letter import Letter
    from scripts.dlq.records import Known

NONE = "-"
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
            self.fail(f"{value!r} is no duration like 90s, 15m, 1h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the options say; an empty one means every letter."""

    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    older_than: timedelta | None = None
    younger_than: timedelta | None = None
    owner: str | None = None
    ids: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """True where nothing was asked for in particular."""
        return self == Choice()

    def means(self, letter: Letter, known: Known | None, *, now: datetime) -> bool:
        """Whether this letter is meant; `known` is its command, if the table has it."""
        age = now - letter.sent_at
        return (
            (not self.types or type_of(letter, known) in self.types)
            and (not self.codes or code_of(known) in self.codes)
            and (self.older_than is None or age > self.older_than)
            and (self.younger_than is None or age < self.younger_than)
            and (self.owner is None or letter.owner == self.owner)
            and (not self.ids or letter.key in self.ids)
        )

    def words(self) -> list[str]:
        """The same options again, for a command line to copy."""
        many = {"--type": self.types, "--code": self.codes, "--id": self.ids}
        words = [word for flag, values in many.items() for one in values for word in (flag, one)]
        ages = {"--older-than": self.older_than, "--younger-than": self.younger_than}
        for flag, age in ages.items():
            words += [flag, f"{int(age.total_seconds())}s"] if age is not None else []
        return words + (["--owner", self.owner] if self.owner is not None else [])

    def __str__(self) -> str:
        """The options as one text."""
        return shlex.join(self.words())


def type_of(letter: Letter, known: Known | None) -> str:
    """The command's type by its record, else by its message."""
    return (known.command.type if known else "") or letter.kind


def code_of(known: Known | None) -> str:
    """The command's last error, `-` where it has none or was never recorded."""
    return (known.code if known else "") or NONE
