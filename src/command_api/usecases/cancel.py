"""Take a command back before it runs, or ask it to stop while it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY, Caller
from command_api.domain.errors import Unknown
from command_api.domain.model import BATCH_ID_PATTERN, Command, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from command_api.domain.ports import CommandStore, Schedules


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CancelCommand:
    """Cancel what does not run and has not ended, and ask what runs to stop.

    A command that is not in the table yet has its message still in the queue: its record is made
    here, and the message that comes later finds it cancelled and is dropped as a duplicate. So
    `retention` must be at least as long as a message can live. Where commands have owners, only
    what is in the table can be cancelled: nobody knows yet whose a queued message is. The same goes
    for members of a batch: a record made here would be none of its members, and never counted.

    The message of one that was to start far ahead is in `schedules`, and taken back afterwards:
    should that fail, the same request does it, and what arrives nevertheless is dropped.
    """

    store: CommandStore
    retention: timedelta
    schedules: Schedules | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, command_id: str, *, caller: Caller = ANYBODY) -> tuple[Command, bool]:
        """The command, and whether it is cancelled: now, or by an earlier request.

        One that runs is CANCELLING from now on.

        Raises Unknown where the caller has no such command.
        Raises LeaseLost where somebody else wrote a command past its time in the same moment.
        """
        found, cancelled = self._cancel(command_id, caller)
        if cancelled and self.schedules is not None and found.timing.not_before is not None:
            self.schedules.delete(command_id)
        return found, cancelled

    def _cancel(self, command_id: str, caller: Caller) -> tuple[Command, bool]:
        now = self.clock()
        member = BATCH_ID_PATTERN.fullmatch(command_id)
        if member and member[1].isdecimal() and not caller.owner:
            caller = Caller(admin=True)
        cancelled = cancelled_unseen(command_id, now=now, purge_at=now + self.retention)
        found, done = self.store.cancel(cancelled, caller)
        if done:
            return found, True
        seen = lifecycle.observed(found, now=now)
        if seen is None and caller.known_only:
            raise Unknown
        if seen is None:
            # What is left of an earlier command of this id waits to be deleted, and means nothing.
            self.store.replace(found, cancelled)
            return cancelled, True
        if seen.status is Status.PROCESSING:
            if not self.store.request_cancel(found, now):
                # Its attempt has ended since: another state, another answer.
                return self(command_id, caller=caller)
            # Where its worker died, there is nobody left to stop.
            asked = found.cancelling(now=now)
            seen = lifecycle.observed(asked, now=now) or asked
        return seen, seen.status is Status.CANCELLED


def cancelled_unseen(command_id: str, *, now: datetime, purge_at: datetime) -> Command:
    """The record of a command that is cancelled before anything was stored of it."""
    unseen = Command(
        id=command_id,
        type="",
        status=Status.PENDING,
        created_at=now,
        updated_at=now,
    )
    return unseen.cancelled(now=now, purge_at=purge_at)
