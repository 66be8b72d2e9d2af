"""What does not answer: each call may cost its whole timeout, so one batch asks it once."""

from __future__ import annotations

from dataclasses import dataclass, field

from command_api.domain.errors import Unavailable


@dataclass(eq=False, repr=False)
class Service:
    """The table or the queue, as one invocation has found it."""

    away: bool = False

    def note(self, error: BaseException) -> None:
        """Note that a call failed; only an error that another call may share counts."""
        self.away |= isinstance(error, Unavailable | OSError)


@dataclass(eq=False, repr=False)
class Away:
    """Both of them, at the start of an invocation."""

    table: Service = field(default_factory=Service)
    queue: Service = field(default_factory=Service)
