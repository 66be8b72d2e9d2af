"""Let a connection watch commands: what they are now, and from then on every change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain import lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from command_api.domain.listeners import Watches
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore
    from command_api.domain.watch import Viewer


class TooManyWatches(Exception):
    """The connection has watched as many commands as it may: open another one."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WatchCommands:
    """Watch commands; `limit` is how many a connection may watch from its beginning to its end."""

    store: CommandStore
    watches: Watches
    limit: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(
        self, viewer: Viewer, command_ids: Collection[str]
    ) -> Mapping[str, Command | None]:
        """The commands as they are now, None for those that the viewer does not see.

        A watch is stored before its command is read, so that no change is lost in between: a change
        may be told twice, or before the answer. Raises TooManyWatches, Unavailable.
        """
        if not command_ids:
            return {}
        if not self.watches.reserve(viewer, len(command_ids), limit=self.limit):
            raise TooManyWatches
        self.watches.add(viewer, command_ids)
        found = {command_id: self._look(command_id, viewer) for command_id in command_ids}
        ended = [name for name, it in found.items() if it is not None and it.status.terminal]
        if ended:
            self.watches.remove(viewer.connection, ended)
        return found

    def stop(self, viewer: Viewer, command_ids: Collection[str]) -> None:
        """Watch commands no longer."""
        if command_ids:
            self.watches.remove(viewer.connection, command_ids)

    def _look(self, command_id: str, viewer: Viewer) -> Command | None:
        command = self.store.get(command_id, newest=True)
        if command is None or not viewer.caller.sees(command):
            return None
        return lifecycle.observed(command, now=self.clock())
