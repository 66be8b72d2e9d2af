"""Which queue a command belongs to, where an environment has several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import timedelta

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """The queues that take commands, by their names in the environment."""

    # The queue that a worker consumes; it may be a draining one, which takes nothing more.
    here: str = DEFAULT
    # How long each queue keeps a message; empty with one queue.
    lives: Mapping[str, timedelta] = field(default_factory=dict)
    # The queues that clients may choose.
    priorities: Collection[str] = ()

    def of(self, own: str, priority: str = "") -> str:
        """The queue of a command, by its type's `own` one and the client's wish.

        A type with a queue of its own needs that: a priority does not move it.
        """
        if own in self.lives:
            return own
        return priority if priority in self.priorities else DEFAULT

    def named(self, own: str, priority: str = "") -> str:
        """The same as a submission names it: empty for the default queue."""
        found = self.of(own, priority)
        return "" if found == DEFAULT else found

    def elsewhere(self, own: str) -> str | None:
        """Where a message belongs that has arrived here; None where it is in its place."""
        if not self.lives:
            return None
        belongs = self.of(own, priority=self.here)
        return None if belongs == self.here else belongs

    def life(self, name: str, default: timedelta) -> timedelta:
        """How long that queue keeps a message."""
        return self.lives.get(name or DEFAULT, default)
