"""Let a run of a schedule start only where no other one is at work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.decision import Raised, Troubled
from command_api.domain.errors import Unavailable
from command_api.domain.overlap import Turn, skipped

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from command_api.usecases.runtime import Runtime

# Clients make and delete schedules, and the turn of one that is gone must go, too; no run is at
# work for so long.
_KEPT = timedelta(days=365)
# Each that is lost is another run that was let start, or has started again.
_TRIES = 5


def overlapping(runtime: Runtime, schedule: str, command: Command) -> Raised | Troubled | None:
    """Why a run that has just been claimed is not to start; None where it has its turn.

    Costs two consistent reads and a write.
    """
    try:
        unended = _take_turn(runtime, schedule, command)
    except (Unavailable, OSError):
        return Troubled("turn unavailable")
    return Raised(skipped(command, unended)) if unended else None


def _take_turn(runtime: Runtime, schedule: str, command: Command) -> str:
    """The run that has the turn and has not ended; empty where this one has it now."""
    store, token = runtime.store, command.lease.token if command.lease else ""
    for _ in range(_TRIES):
        turn = store.turn(schedule)
        if turn.run not in ("", command.id) and _at_work(runtime, turn.run):
            return turn.run
        kept = runtime.clock() + _KEPT
        if store.take_turn(schedule, Turn(command.id, token), after=turn, purge_at=kept):
            return ""
    raise Unavailable("turn")


def _at_work(runtime: Runtime, command_id: str) -> bool:
    """Whether a run has not ended, by what a reader of its record would see."""
    known = runtime.store.get(command_id, newest=True)
    seen = known and lifecycle.observed(known, now=runtime.clock())
    return seen is not None and not seen.status.terminal
