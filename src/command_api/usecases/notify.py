"""Tell those who listen what changed of commands; nothing that was not told is forgotten.

What may succeed later is given back, so that the stream delivers it again. What never will, and
what is too old, goes where an alarm rings, and does not hold up what comes after it. Lambda gives
up a little later, but keeps no ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain.listeners import Untold
from command_api.usecases.report import describe, trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import timedelta
    from logging import Logger

    from command_api.domain.ending import Change
    from command_api.domain.listeners import Listener
    from command_api.domain.ports import Failures


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Notify:
    """Tell each listener what it wants of a batch of changes."""

    listeners: Sequence[Listener]
    failures: Failures
    logger: Logger
    # For how long after a change it is tried to tell it.
    patience: timedelta
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, changes: Sequence[Change]) -> Collection[Change]:
        """Tell of changes, in their order; those to be delivered again."""
        again: list[Change] = []
        for listener in self.listeners:
            wanted = [change for change in changes if listener.wants(change)]
            if wanted:
                again += [one.change for one in self._tell(listener, wanted) if self._retry(one)]
        return again

    def _tell(self, listener: Listener, wanted: Sequence[Change]) -> Collection[Untold]:
        try:
            return listener.tell(wanted)
        except Exception as error:  # noqa: BLE001 - the edge: the other listeners are to be told
            self.logger.error(  # noqa: TRY400 - its text may quote a command
                "listener failed", extra={"listener": type(listener).__name__, **trouble(error)}
            )
            return [Untold(change, type(error).__name__) for change in wanted]

    def _retry(self, untold: Untold) -> bool:
        """Whether a change is to be delivered again; what is not is put where it is seen."""
        command = untold.change.after
        about = {**describe(command.id, command), "reason": untold.reason}
        if untold.retryable and self.clock() - command.updated_at < self.patience:
            self.logger.warning("change not told, to be retried", extra=about)
            return True
        self.logger.error("change not told", extra=about)
        self.failures.put(command.id, untold.reason)
        return False
