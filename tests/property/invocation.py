"""One invocation of the worker, and what is planned to happen in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from command_api.domain.message import Message

Event: TypeAlias = Callable[[], None]


class Died(BaseException):
    """The process is gone: whatever catches this, every further call raises it again."""


@dataclass(eq=False)
class Invocation:
    """One invocation: its clock is off by `skew` seconds, and it is killed at `deadline`.

    `paused` is the types that it was told to hold back when it began.
    `running` is the commands that run side by side, `lanes` how many did when each lane began.
    """

    skew: float
    deadline: float
    fan: int
    messages: Sequence[Message]
    plan: dict[int, Event]
    paused: Collection[str] = ()
    steps: int = 0
    dead: bool = False
    running: list[str] = field(default_factory=list)
    lanes: list[int] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)

    def start(self, command_id: str) -> None:
        """A command takes the place of the one before it in its lane."""
        del self.running[self.lanes[-1] if self.lanes else 0 :]
        self.running.append(command_id)
