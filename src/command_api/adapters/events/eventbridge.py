"""Endings as events on a bus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from command_api.adapters.events import batches
from command_api.domain.event import event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from command_api.domain.ending import Change, Ending
    from command_api.domain.listeners import Untold

# What EventBridge answers for an entry that it will never take.
_NEVER = frozenset({"InvalidArgument", "MalformedDetail"})


@dataclass(frozen=True, eq=False, repr=False)
class EventBridge:
    """A listener that puts an event on a bus for each ending; `source` says who it is."""

    client: Callable[[], Any]
    bus: str
    source: str

    def wants(self, change: Change) -> bool:
        """Endings only."""
        return change.ending is not None

    def tell(self, changes: Sequence[Change]) -> Sequence[Untold]:
        """Put events on the bus; those that it has not taken."""
        return batches.tell(changes, self._put)

    def _put(self, endings: Sequence[Ending]) -> Iterator[tuple[int, str, bool]]:
        entries = [
            {
                "EventBusName": self.bus,
                "Source": self.source,
                "DetailType": f"Command {ending.command.status.capitalize()}",
                "Time": ending.at,
                "Detail": json.dumps(event_of(ending), ensure_ascii=False),
            }
            for ending in endings
        ]
        answer = self.client().put_events(Entries=entries)
        for place, entry in enumerate(answer["Entries"]):
            if code := entry.get("ErrorCode"):
                yield place, code, code not in _NEVER
