"""Tell a client how its command is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain import lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore


@dataclass(frozen=True, kw_only=True)
class ReadStatus:
    """Find a command as a client may see it, or None."""

    store: CommandStore
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, command_id: str) -> Command | None:
        """The command with that id, None where it is unknown, still queued, or past its time."""
        command = self.store.get(command_id)
        return lifecycle.observed(command, now=self.clock()) if command else None
