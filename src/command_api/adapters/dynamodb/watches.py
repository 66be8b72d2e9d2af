"""Watches in a DynamoDB table of their own, which forgets them when their connections end.

The key is the command and the connection, so that whoever watches a command is one query. No item
belongs to a connection but a count: what it still watches when it is lost is removed when a message
for it is refused, or by the time to live.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.item import seconds, text
from command_api.adapters.dynamodb.table import queried
from command_api.domain.access import Caller
from command_api.domain.errors import Unavailable
from command_api.domain.watch import Viewer, Watch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

# Of BatchWriteItem, and how often what it leaves is sent again.
BATCH = 25
TRIES, PAUSE_SECONDS = 4, 0.05


@dataclass(frozen=True, eq=False, repr=False)
class DynamoDBWatches:
    """One table, with the keys `id` and `connection` and the time to live `until`."""

    client: Any
    table: str

    def reserve(self, viewer: Viewer, number: int, *, limit: int) -> bool:
        """Count by one conditional write."""
        if number > limit:
            return False
        try:
            with unavailable():
                self.client.update_item(
                    TableName=self.table,
                    # No command's id has a slash in it.
                    Key=_key(f"/{viewer.connection}", viewer.connection),
                    UpdateExpression="SET #until = :until ADD #watches :number",
                    ConditionExpression="attribute_not_exists(#watches) OR #watches <= :left",
                    ExpressionAttributeNames={"#until": "until", "#watches": "watches"},
                    ExpressionAttributeValues={
                        ":until": seconds(viewer.until),
                        ":number": {"N": str(number)},
                        ":left": {"N": str(limit - number)},
                    },
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def add(self, viewer: Viewer, command_ids: Collection[str]) -> None:
        """Write an item for each command."""
        caller = viewer.caller
        rest: dict[str, Any] = {"until": seconds(viewer.until)}
        if caller.owner:
            rest |= {"owner": {"S": caller.owner}, "admin": {"BOOL": caller.admin}}
        self._write(
            {"PutRequest": {"Item": {**_key(command_id, viewer.connection), **rest}}}
            for command_id in command_ids
        )

    def remove(self, connection: str, command_ids: Collection[str]) -> None:
        """Delete the item of each command."""
        self._write(
            {"DeleteRequest": {"Key": _key(command_id, connection)}} for command_id in command_ids
        )

    def of(self, command_id: str) -> Sequence[Watch]:
        """Query by the command: what was added before must not be missed."""
        found = queried(self.client, self.table, "id = :id", {"id": text(command_id)})
        return [_watch(item) for item in found]

    def _write(self, requests: Iterator[dict[str, Any]]) -> None:
        left = list(requests)
        while left:
            part, left = left[:BATCH], left[BATCH:]
            for pause in range(TRIES):
                time.sleep(pause * PAUSE_SECONDS)
                with unavailable():
                    answer = self.client.batch_write_item(RequestItems={self.table: part})
                part = answer.get("UnprocessedItems", {}).get(self.table, [])
                if not part:
                    break
            else:
                raise Unavailable("UnprocessedItems")


def _key(command_id: str, connection: str) -> dict[str, Any]:
    return {"id": {"S": command_id}, "connection": {"S": connection}}


def _watch(item: dict[str, Any]) -> Watch:
    owner = item.get("owner", {}).get("S", "")
    caller = Caller(owner=owner, admin=item.get("admin", {}).get("BOOL", False))
    until = datetime.fromtimestamp(int(item["until"]["N"]), UTC)
    return Watch(
        item["id"]["S"], Viewer(connection=item["connection"]["S"], caller=caller, until=until)
    )
