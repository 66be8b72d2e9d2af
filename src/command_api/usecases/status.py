"""Tell a client how its command is doing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY, Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, Meter, ResultStore

# A waiting client is answered within a tenth of its wait or so, for a handful of reads.
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.25, 3.0, 1.5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReadStatus:
    """Find a command as a client may see it, or None.

    `max_wait` is for how many seconds a client may have its answer held back; waiting is billed.
    """

    store: CommandStore
    results: ResultStore | None = None
    max_wait: float = 0
    measure: Meter = lambda *_: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __call__(
        self, command_id: str, *, wait: float = 0, caller: Caller = ANYBODY
    ) -> Command | None:
        """The command with that id, None where it is unknown, still queued, or past its time.

        Another owner's command is unknown to the caller, down to how long the answer takes.

        With `wait` (seconds, at most `max_wait`) the answer comes as soon as the command is
        terminal, or when the time is up. The table is read after 0.25 s and then ever less often:
        25 seconds take 14 reads.
        """
        end = self.elapsed() + min(wait, self.max_wait)
        pause = FIRST_PAUSE
        while True:
            command = self._look(command_id, caller)
            left = end - self.elapsed()
            if left <= 0 or (command is not None and command.status.terminal):
                return command
            self.sleep(min(pause, left))
            pause = min(LONGEST_PAUSE, pause * GROWTH)

    def result_url(self, command: Command) -> str | None:
        """Where the client finds a result that is too large for an answer."""
        if command.result_key is None or self.results is None:
            return None
        return self.results.url(command.result_key)

    def _look(self, command_id: str, caller: Caller) -> Command | None:
        command = self.store.get(command_id)
        if command is None or not caller.sees(command):
            return None
        seen = lifecycle.observed(command, now=self.clock())
        if seen is not None and seen.failure is lifecycle.MESSAGE_LOST:
            self.measure("", "lost", {"Lost": 1})
        return seen
