"""Many commands at once.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.item import command_of, text
from command_api.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_api.domain.model import Command

# A call has up to 16 MB and leaves out what is beyond, as it does with what is throttled.
TRIES = 12


@dataclass(frozen=True, eq=False, repr=False)
class ManyCommands:
    """The commands of one table."""

    client: Any
    table: str
    ttl_attribute: str
    sleep: Callable[[float], None] = time.sleep

    def get_many(self, command_ids: Sequence[str]) -> Mapping[str, Command]:
        """Read up to 100 by one call, and those again that it leaves out."""
        keys = [{"id": text(one)} for one in command_ids]
        wanted: dict[str, Any] = {self.table: {"Keys": keys, "ConsistentRead": True}}
        found: dict[str, Command] = {}
        for attempt in range(TRIES):
            with unavailable():
                answer = self.client.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"].get(self.table, ()):
                command = command_of(item, self.ttl_attribute)
                found[command.id] = command
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                return found
            self.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - it is no secret
        raise Unavailable("UnprocessedKeys")
