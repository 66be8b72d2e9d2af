"""What changed of a stored command, and whether that was its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Command


@dataclass(frozen=True, slots=True)
class Ending:
    """One end of a command; a failure that is redriven and completes is followed by another."""

    command: Command

    @property
    def at(self) -> datetime:
        """When the command ended."""
        return self.command.completed_at or self.command.updated_at

    @property
    def number(self) -> int:
        """Epoch milliseconds of the end: a later ending of the same command has a higher one."""
        return int(self.at.timestamp() * 1000)

    @property
    def id(self) -> str:
        """The same however often the ending is told; no command id has a slash in it."""
        return f"{self.command.id}/{self.number}"


@dataclass(frozen=True, slots=True)
class Change:
    """One write of a command: the command before, None where it was new, and after."""

    before: Command | None
    after: Command

    @property
    def ending(self) -> Ending | None:
        """The ending that was written, None where the command goes on or had ended before."""
        if not self.after.status.terminal:
            return None
        ending = Ending(self.after)
        if self.before and self.before.status.terminal and Ending(self.before).id == ending.id:
            return None
        return ending
