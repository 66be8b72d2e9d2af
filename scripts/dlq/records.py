"""What the table knows of the commands behind dead letters."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.errors import OperatorError
from scripts.framework import lifecycle, model, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scripts.dlq.place import Place

# BatchGetItem takes so many keys.
BATCH = 100
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# No input, result or step: only what says how the command is doing, and what a message meets.
_FIELDS = (*records.SUMMARY, "messageId", "work", "error", "failures")


@dataclass(frozen=True)
class Known:
    """A command as the worker finds it, and as a reader may see it."""

    stored: model.Command
    command: model.Command

    @property
    def code(self) -> str:
        """The last error's code, empty where there is none."""
        return self.command.failure.code if self.command.failure else ""


class Records:
    """The commands of one table."""

    def __init__(self, place: Place) -> None:
        self._client, self._table, self._ttl = place.dynamodb, place.table, place.ttl_attribute

    def find(self, ids: Iterable[str]) -> dict[str, Known]:
        """The commands with these ids; those that are unknown, or past their time, are left out."""
        unique, now = sorted(set(ids)), datetime.now(UTC)
        found: dict[str, Known] = {}
        for start in range(0, len(unique), BATCH):
            for item in self._items(unique[start : start + BATCH]):
                if known := self._known(item, now):
                    found[known.command.id] = known
        return found

    def some(self, most: int) -> tuple[list[Known], bool]:
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
        found = [known for page in pages for it in page["Items"] if (known := self._known(it, now))]
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
                time.sleep(pause)
        raise OperatorError(
            f"DynamoDB throttles reads of {self._table}; wait a minute and run the same again"
        )

    def _get(self, wanted: Any) -> Any:  # noqa: ANN401 - DynamoDB's own forms
        try:
            return self._client.batch_get_item(RequestItems=wanted)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            raise OperatorError(
                f"there is no table {self._table} here; check account and region, or apply the"
                " environment"
            ) from None

    def _known(self, item: Mapping[str, Any], now: datetime) -> Known | None:
        stored = records.stored(item, self._ttl)
        command = lifecycle.observed(stored, now=now) if stored else None
        if stored is None or command is None:
            return None
        return Known(stored, command)
