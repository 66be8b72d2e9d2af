"""Commands as stored, and as a reader may see them: by their ids, or by a scan."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.errors import OperatorError
from scripts.framework import lifecycle, model, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


# BatchGetItem takes so many keys.
BATCH = 100
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# No input, result or step: only what says how the command is doing, and what a message meets.
_FIELDS = (
    *(*records.SUMMARY, *records.HISTORY),
    *("messageId", "work", "error", "progress", "leaseToken"),
)


@dataclass(frozen=True)
class StoredCommand:
    """A command as the worker finds it, and as a reader may see it."""

    stored: model.Command
    command: model.Command

    @property
    def code(self) -> str:
        """The last error's code, empty where there is none."""
        return self.command.failure.code if self.command.failure else ""


class InTable(Protocol):
    """What says where commands are stored."""

    @property
    def dynamodb(self) -> Any:  # noqa: ANN401 - boto3's client
        """The client."""

    @property
    def table(self) -> str:
        """The table's name."""

    @property
    def ttl_attribute(self) -> str:
        """What the table calls its time to live."""


class StoredCommands:
    """The commands of one table; `wait` pauses between two tries."""

    def __init__(self, target: InTable, wait: Callable[[float], None] = time.sleep) -> None:
        self._client, self._table, self._wait = target.dynamodb, target.table, wait
        self._ttl = target.ttl_attribute

    def find(self, ids: Iterable[str], *, now: datetime | None = None) -> dict[str, StoredCommand]:
        """The commands with these ids; those that are unknown, or past their time, are left out."""
        unique, now = sorted(set(ids)), now or datetime.now(UTC)
        found: dict[str, StoredCommand] = {}
        for start in range(0, len(unique), BATCH):
            for item in self._items(unique[start : start + BATCH]):
                if stored := self._stored(item, now):
                    found[stored.command.id] = stored
        return found

    def scan(self, most: int) -> tuple[list[StoredCommand], bool]:
        """Commands as a scan finds them, so many at most, and whether those are all.

        A scan reads the whole items of all commands: it is for a table on a laptop.
        """
        projection, names = self._projection()
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ProjectionExpression=projection,
            # Waiting inputs lie in the same table.
            FilterExpression="attribute_exists(#status)",
            ExpressionAttributeNames=names,
            ConsistentRead=True,
            PaginationConfig={"MaxItems": most, "PageSize": most},
        )
        now = datetime.now(UTC)
        found = [
            one for page in pages for item in page["Items"] if (one := self._stored(item, now))
        ]
        return found, not pages.resume_token

    def _projection(self) -> tuple[str, dict[str, str]]:
        names = {f"#{name}": name for name in _FIELDS} | {"#ttl": self._ttl}
        return ", ".join(names), names

    def _items(self, ids: Sequence[str]) -> Iterable[Mapping[str, Any]]:
        projection, names = self._projection()
        wanted: dict[str, Any] = {
            self._table: {
                "Keys": [{"id": {"S": one}} for one in ids],
                "ProjectionExpression": projection,
                "ExpressionAttributeNames": names,
                "ConsistentRead": True,
            }
        }
        for pause in (*PAUSES, None):
            answer = self._get(wanted)
            yield from answer["Responses"].get(self._table, [])
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                return
            if pause is not None:
                self._wait(pause)
        raise OperatorError(
            f"DynamoDB throttles reads of {self._table}; wait a minute and run the same command"
            " again"
        )

    def _get(self, wanted: Any) -> Any:  # noqa: ANN401 - DynamoDB's own forms
        try:
            return self._client.batch_get_item(RequestItems=wanted)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            raise OperatorError(
                f"table {self._table} not found; check account and region, or apply the environment"
            ) from None

    def _stored(self, item: Mapping[str, Any], now: datetime) -> StoredCommand | None:
        stored = records.stored(item, self._ttl)
        command = lifecycle.observed(stored, now=now) if stored else None
        if stored is None or command is None:
            return None
        return StoredCommand(stored, command)
