"""The listener that tells the viewers of commands of every change."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable
from command_api.domain.listeners import Untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from command_api.domain.ending import Change
    from command_api.domain.listeners import Connections, Watches
    from command_api.domain.model import Command
    from command_api.domain.watch import Watch

    # A viewer of a command, and what it is told.
    _Post: TypeAlias = tuple[Watch, Sequence[tuple[Change, str]]]

# Queries or posts at a time; all of their time is waiting for answers.
PARALLEL = 64


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
        """Post changes to all viewers side by side; those of a command that failed are named.

        A viewer is told the changes of a command in their order, or all of them again.
        """
        by_command = defaultdict[str, list["Change"]](list)
        for change in changes:
            by_command[change.after.id].append(change)
        away: dict[str, str] = {}
        with ThreadPoolExecutor(PARALLEL) as pool:
            watched = pool.map(partial(self._watched, away), by_command.values())
            # One viewer of each command first: whether posts fail is soon known for all commands.
            turns = zip_longest(*watched)
            for _ in pool.map(partial(self._post, away), filter(None, chain(*turns))):
                pass
        return [Untold(it, reason) for name, reason in away.items() for it in by_command[name]]

    def _watched(self, away: dict[str, str], changes: Sequence[Change]) -> Sequence[_Post]:
        try:
            watches = self.watches.of(changes[0].after.id)
        except Unavailable as error:
            away[changes[0].after.id] = str(error)
            return ()
        # The same for all who watch.
        told = [(change, self.message(change.after)) for change in changes] if watches else []
        return [(watch, told) for watch in watches]

    def _post(self, away: dict[str, str], post: _Post) -> None:
        watch, told = post
        # Of a command that is told again, nobody else need wait to find that out.
        if watch.command_id in away:
            return
        try:
            self._show(watch, told)
        except Unavailable as error:
            away[watch.command_id] = str(error)

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
    handed_over = command.hand_over and command.hand_over.at
    return command.status, command.attempts, command.completed_at, command.progress, handed_over
