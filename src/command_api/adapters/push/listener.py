"""The listener that tells the viewers of commands of every change."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable
from command_api.domain.ports import Untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from command_api.domain.ending import Change
    from command_api.domain.model import Command
    from command_api.domain.ports import Connections, Watches
    from command_api.domain.watch import Watch

# Commands at a time; most of a change's time is waiting for two answers.
PARALLEL = 8


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Push:
    """Post each change of a command to those who watch it and may see it, until it ends.

    `message` is a command as a viewer reads it.
    """

    watches: Watches
    connections: Connections
    message: Callable[[Command], str]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def wants(self, change: Change) -> bool:
        """Whatever a client can see of a change."""
        before = change.before
        return before is None or _seen(before) != _seen(change.after)

    def tell(self, changes: Sequence[Change]) -> Sequence[Untold]:
        """Post changes; those of a command stay in order and are told again together."""
        by_command = defaultdict[str, list["Change"]](list)
        for change in changes:
            by_command[change.after.id].append(change)
        with ThreadPoolExecutor(min(PARALLEL, len(by_command) or 1)) as pool:
            return [one for untold in pool.map(self._tell, by_command.values()) for one in untold]

    def _tell(self, changes: Sequence[Change]) -> Sequence[Untold]:
        try:
            if watches := self.watches.of(changes[0].after.id):
                # The same for all who watch.
                told = [(change, self.message(change.after)) for change in changes]
                for watch in watches:
                    self._show(watch, told)
        except Unavailable as error:
            return [Untold(change, str(error)) for change in changes]
        return ()

    def _show(self, watch: Watch, told: Sequence[tuple[Change, str]]) -> None:
        viewer = watch.viewer
        if viewer.until <= self.clock():
            # Whoever has a new token connects again.
            self.connections.close(viewer.connection)
            self.watches.remove(viewer.connection, [watch.command_id])
            return
        seen = [it for it in told if viewer.caller.sees(it[0].after)]
        lost = any(not self.connections.post(viewer.connection, message) for _, message in seen)
        if lost or any(change.ending for change, _ in seen):
            self.watches.remove(viewer.connection, [watch.command_id])


def _seen(command: Command) -> tuple[object, ...]:
    return command.status, command.attempts, command.completed_at, command.progress
