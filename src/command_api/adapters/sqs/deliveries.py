"""Endings into the queue of deliveries, one message for each receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from command_api.domain.delivery import delivery, receivers
from command_api.domain.listeners import Untold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.delivery import Endpoint
    from command_api.domain.ending import Change
    from command_api.domain.ports import CommandSender

_AWAY, _UNFIT = "the queue of deliveries is away", "the queue takes no such delivery"


@dataclass(frozen=True, eq=False, repr=False)
class Deliveries:
    """A listener that queues a delivery for each receiver of an ending.

    An ending that is told twice is queued twice under the same ids; the sender drops the second.
    """

    sender: CommandSender
    endpoints: Sequence[Endpoint]

    def wants(self, change: Change) -> bool:
        """Endings that somebody is to be told of."""
        return change.ending is not None and bool(receivers(change.after, self.endpoints))

    def tell(self, changes: Sequence[Change]) -> Sequence[Untold]:
        """Queue deliveries; the changes of which not all were taken."""
        mark = uuid4().hex
        made = [
            (change, delivery(ending, receiver, sent=mark))
            for change in changes
            if (ending := change.ending)
            for receiver in receivers(change.after, self.endpoints)
        ]
        # What the queue never takes holds up neither the stream nor the others of its call.
        never = {one.id for _, one in made if not self.sender.takes(one)}
        sent = self.sender.send([one for _, one in made if one.id not in never])
        left = {(id(change), one.id in never): change for change, one in made if one.id not in sent}
        return [
            Untold(change, _UNFIT if unfit else _AWAY, retryable=not unfit)
            for (_, unfit), change in left.items()
        ]
