"""What validated submission writes into the table: one write to store, one when it is sent.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.expressions import UNCHANGED
from command_api.adapters.dynamodb.item import (
    OPTIONAL,
    attributes,
    command_of,
    document,
    input_key,
    is_small,
    milliseconds,
    moment,
    number,
    seconds,
    text,
    unchanged,
)
from command_api.adapters.dynamodb.table import Refused, Table, assignments
from command_api.domain.model import Status
from command_api.domain.submission import OUTBOX_RETENTION, begins_anew, waits_to_be_sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from command_api.adapters.dynamodb.item import Attributes
    from command_api.domain.model import Command

INDEX = "outbox"
_FREE = "attribute_not_exists(id) OR #purge <= :now"
# What a command that has lost its message keeps: a step that is done must not be done again.
_KEPT = ("createdAt", "steps", "slices", "state", "stateKey", "past")
# The same as submission.waits_to_be_sent, and that nobody is at it.
_UNSTARTED = "#status = :pending AND #attempts = :zero AND attribute_exists(#outbox)"
_IDLE = f"{_UNSTARTED} AND #outboxLeaseUntil <= :now"
# Deleting an input when it is sent would cost what writing it did; the time to live costs nothing.
_INPUT_KEPT = OUTBOX_RETENTION + timedelta(days=1)
# An id may stand for another submission by now, but not one of the same moment.
_SAME = "#outboxSince = :since"
_UNMARK = "REMOVE #outbox, #outboxSince, #outboxLeaseUntil, #outboxNow, #traceHeader, #input"


@dataclass(frozen=True, eq=False, repr=False)
class DynamoDBOutbox:
    """The commands of one table and its index `outbox`, which only the outbox relay needs."""

    client: Any
    table: str
    ttl_attribute: str

    @cached_property
    def _items(self) -> Table:
        return Table(self.client, self.table)

    def store(self, command: Command) -> Command | None:
        """Store by one write; where it is refused, the same answer says by what.

        A larger input is one write more, and the first: what is stored can be sent. So is a command
        that has lost its message, which begins anew where the same work is asked for.
        """
        if kept := self._larger_input(command):
            self._items.put(kept)
        # What is left of a command past its time must not show in this one.
        known = self._put(command, _FREE, _now(command))
        if known is None or not begins_anew(known, command):
            return known
        return self._put(command, UNCHANGED, unchanged(known), keep=_KEPT)

    def writes(self, command: Command) -> list[dict[str, Any]]:
        """What `store` writes of a new command, as parts of a transaction of the caller's own."""
        expression, changed = self._over(command)
        names, values = {"#purge": self.ttl_attribute}, {**changed, **_now(command)}
        stored = self._items.as_update(command.id, expression, _FREE, values, names=names)
        kept = self._larger_input(command)
        put = [{"Put": {"TableName": self.table, "Item": kept}}] if kept else []
        return [{"Update": stored}, *put]

    def _put(
        self, command: Command, condition: str, values: Attributes, keep: Sequence[str] = ()
    ) -> Command | None:
        """Write a command over what there is, but for what it keeps; return what refused it."""
        expression, changed = self._over(command, keep)
        try:
            self._items.update(
                command.id,
                expression,
                condition,
                {**changed, **values},
                names={"#purge": self.ttl_attribute},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            return command_of(refused.item, self.ttl_attribute)
        return None

    def _over(self, command: Command, keep: Sequence[str] = ()) -> tuple[str, Attributes]:
        written = attributes(command, self.ttl_attribute)
        changed = {name: value for name, value in written.items() if name not in keep}
        gone = ", ".join(f"#{name}" for name in OPTIONAL if name not in (*written, *keep))
        return f"{assignments(changed)} REMOVE {gone}, #purge", changed

    def acquire_lease(
        self, command_id: str, *, now: datetime, until: datetime
    ) -> tuple[Command | None, bool]:
        """Acquire the lease by one write, which also reads the command, but for a larger input.

        Refused by its own success, where its answer got lost, it is won.
        """
        values = {
            "until": number(milliseconds(until)),
            "now": number(milliseconds(now)),
            "pending": text(Status.PENDING),
            "zero": number(0),
        }
        try:
            answer = self._items.update(
                command_id,
                "SET #outboxLeaseUntil = :until",
                _IDLE,
                values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            known = command_of(refused.item, self.ttl_attribute) if refused.item else None
            ours = refused.item.get("outboxLeaseUntil") == values["until"]
            if known is None or not (ours and waits_to_be_sent(known)):
                return known, False
            return self._with_input(refused.item), True
        return self._with_input(answer["Attributes"]), True

    def release_lease(self, command: Command, *, now: datetime) -> None:
        """Release by one write, unless somebody else has the lease."""
        if command.pending_entry is None:
            return
        values = {
            "now": number(milliseconds(now)),
            "mine": number(milliseconds(command.pending_entry.lease_until)),
            "since": moment(command.pending_entry.since),
        }
        self._quietly(
            command.id,
            "SET #outboxLeaseUntil = :now",
            f"{_SAME} AND #outboxLeaseUntil = :mine",
            values,
        )

    def sent(self, command: Command, *, waits_until: datetime) -> None:
        """Take the marks away by one write, and the command out of the index."""
        self._unmark(command, {"waitsUntil": moment(waits_until)})

    def settle(self, command: Command) -> None:
        """Take the marks away by one write, and the command out of the index."""
        self._unmark(command, {})

    def _unmark(self, command: Command, changed: Attributes) -> None:
        if command.pending_entry is None:
            return
        kept = f"{assignments(changed)} " if changed else ""
        values = {**changed, "since": moment(command.pending_entry.since)}
        self._quietly(command.id, f"{kept}{_UNMARK}", _SAME, values)

    def pending(self, shard: str, *, before: datetime, page: int) -> Iterator[str]:
        """Read a shard of the index: keys only, oldest first."""
        start: dict[str, Any] = {}
        while True:
            with unavailable():
                found = self.client.query(
                    TableName=self.table,
                    IndexName=INDEX,
                    KeyConditionExpression="#outbox = :shard AND #since < :before",
                    ExpressionAttributeNames={"#outbox": "outbox", "#since": "outboxSince"},
                    ExpressionAttributeValues={":shard": text(shard), ":before": moment(before)},
                    Limit=page,
                    **start,
                )
            yield from (item["id"]["S"] for item in found["Items"])
            if "LastEvaluatedKey" not in found:
                return
            start = {"ExclusiveStartKey": found["LastEvaluatedKey"]}

    def _quietly(
        self, command_id: str, expression: str, condition: str, values: Attributes
    ) -> None:
        try:
            self._items.update(command_id, expression, condition, values)
        except Refused:
            return

    def _larger_input(self, command: Command) -> Attributes | None:
        """The item of an input that is too large for its command's."""
        if command.pending_entry is None or command.pending_entry.input is None:
            return None
        if is_small(command.pending_entry.input):
            return None
        until = command.pending_entry.since + _INPUT_KEPT
        return {
            "id": text(input_key(command)),
            "input": document(command.pending_entry.input),
            self.ttl_attribute: seconds(until),
        }

    def _with_input(self, item: Attributes) -> Command:
        command = command_of(item, self.ttl_attribute)
        if command.pending_entry is None or command.pending_entry.input is not None:
            return command
        kept = self._items.get(input_key(command), consistent=True)
        known = json.loads(kept["input"]["S"]) if kept else None
        return replace(command, pending_entry=replace(command.pending_entry, input=known))


def _now(command: Command) -> Attributes:
    """What the condition `_FREE` compares with."""
    return {"now": seconds(command.created_at)}
