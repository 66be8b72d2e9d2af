"""What may happen in the middle of an invocation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.property.world import SKEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.message import Message
    from tests.property.invocation import Event
    from tests.property.world import World

EVENTS = ("die", "fail", "late", "wait", "other", "twice", "cancel", "redrive")
MOST_WORKERS = 3


@dataclass(frozen=True)
class Injection:
    """The events by name; `redrive` and `cancel` are an operator's and a client's doing."""

    world: World
    redrive: Callable[[], None]
    cancel: Callable[[], None]

    def event(self, name: str) -> Event:
        """What happens where a plan names this."""
        events: dict[str, Event] = {
            "die": self.world.die,
            "fail": self._fail,
            "late": partial(self.world.pass_time, 31.0),
            "wait": partial(self.world.pass_time, 7.0),
            "other": self._other,
            "twice": self._twice,
            "cancel": self.cancel,
            "redrive": self.redrive,
        }
        return events[name]

    def again(self) -> list[Message]:
        """What is in flight, to be delivered to another worker too."""
        return self.world.queue.again()[:10]

    def _fail(self) -> None:
        self.world.misfortune()
        raise ConnectionError

    def _other(self) -> None:
        if len(self.world.stack) < MOST_WORKERS:
            self.world.invoke(self.world.queue.receive(5), {}, skew=0.0, fan=10)

    def _twice(self) -> None:
        if len(self.world.stack) < MOST_WORKERS:
            self.world.invoke(self.again(), {}, skew=SKEW_SECONDS, fan=10)
