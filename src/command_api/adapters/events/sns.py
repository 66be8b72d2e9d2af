"""Endings as messages of a topic, with attributes that subscriptions can filter by.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
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

# What SNS answers for an entry that it will never take.
_NEVER = frozenset({"InvalidParameter", "ParameterValueInvalid"})


@dataclass(frozen=True, eq=False, repr=False)
class Topic:
    """A listener that publishes a message for each ending."""

    client: Callable[[], Any]
    arn: str

    def wants(self, change: Change) -> bool:
        """Endings only."""
        return change.ending is not None

    def tell(self, changes: Sequence[Change]) -> Sequence[Untold]:
        """Publish messages; those that the topic has not taken."""
        return batches.tell(changes, self._publish)

    def _publish(self, endings: Sequence[Ending]) -> Iterator[tuple[int, str, bool]]:
        entries = [
            {
                "Id": str(place),
                "Message": json.dumps(event_of(ending), ensure_ascii=False),
                "MessageAttributes": _attributes(ending),
            }
            for place, ending in enumerate(endings)
        ]
        answer = self.client().publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=entries)
        for failed in answer.get("Failed", ()):
            yield int(failed["Id"]), failed["Code"], failed["Code"] not in _NEVER


def _attributes(ending: Ending) -> dict[str, dict[str, str]]:
    command = ending.command
    values = {"type": command.type, "status": command.status.value, "owner": command.owner}
    # SNS refuses empty values.
    return {
        name: {"DataType": "String", "StringValue": value}
        for name, value in values.items()
        if value
    }
