"""The commands behind dead-letter messages: what is stored, and what the worker would do next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.errors import OperatorError
from scripts.framework import decision, errors, lifecycle, message, model, records, retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scripts.dlq.deployed import DeployedQueues
    from scripts.dlq.message import DeadLetterMessage

# BatchGetItem takes so many keys.
BATCH = 100
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
RUNS, DROPPED = "runs", "dropped"
NONE = "-"
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


class StoredCommands:
    """The commands of one table; `wait` pauses between two tries."""

    def __init__(self, target: DeployedQueues, wait: Callable[[float], None] = time.sleep) -> None:
        self._client, self._table, self._wait = target.dynamodb, target.table, wait
        self._ttl = target.ttl_attribute

    def find(self, ids: Iterable[str]) -> dict[str, StoredCommand]:
        """The commands with these ids; those that are unknown, or past their time, are left out."""
        unique, now = sorted(set(ids)), datetime.now(UTC)
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


def type_of(dead: DeadLetterMessage, stored: StoredCommand | None) -> str:
    """The command's type by its record, else by its message."""
    return (stored.command.type if stored else "") or dead.command_type


def code_of(stored: StoredCommand | None) -> str:
    """The command's last error, `-` where it has none or was never recorded."""
    return (stored.code if stored else "") or NONE


def if_redriven(dead: DeadLetterMessage, stored: StoredCommand | None, *, now: datetime) -> str:
    """What happens to the message if it is sent again now.

    It may still be rejected: which types have a handler, and what their inputs must be, is not
    known here.
    """
    known = stored.stored if stored else None
    # Only the environment knows its default type; the record says what it was.
    default_type = (known.type if known else "") or "default"
    sent = dead.as_sent_again().as_received(sent_at=now)
    try:
        submission = message.parse(sent, default_type=default_type)
    except errors.Rejected:
        return DROPPED
    attempt = model.Attempt(
        token="",
        message_id=sent.identity,
        at=now,
        lease_until=now,
        waits_until=now,
        max_attempts=1,
        takes_over=True,
    )
    if known is None or lifecycle.claimable(known, submission, attempt):
        return RUNS
    terms = decision.Terms(now=now, policy=retry.RetryPolicy(), retention=timedelta(0), spread=0.0)
    refused = decision.NotClaimed(submission, attempt)
    then = decision.decide(known, refused, sent, terms).then
    return DROPPED if then is decision.Then.ACKNOWLEDGE else RUNS
