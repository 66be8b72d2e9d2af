"""The queue for changes of commands that were not told: an alarm rings for what is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, eq=False, repr=False)
class FailureQueue:
    """One queue; the client is made when it is first needed, which is hardly ever."""

    client: Callable[[], Any]
    url: str

    def put(self, command_id: str, reason: str) -> None:
        """Send the id and the reason; Lambda itself sends here what it gave up."""
        body = json.dumps({"commandId": command_id, "reason": reason})
        with unavailable():
            self.client().send_message(QueueUrl=self.url, MessageBody=body)
