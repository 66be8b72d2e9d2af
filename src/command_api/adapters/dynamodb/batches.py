"""Batches in a DynamoDB table of their own: a header, its follower, and counters.

All items of a batch have its id as hash key, so that one query finds header and counters. Each
shard of the stream has a counter of its own, which it alone writes: no item is a hot one. A counter
names the last record that it has counted, in the same write, so that nothing is counted twice.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.expressions import placeholders
from command_api.adapters.dynamodb.item import document, moment, number, seconds, text
from command_api.adapters.dynamodb.table import Refused, assignments, conditional, queried
from command_api.domain.batches import (
    FOLLOWER_PATIENCE,
    Batch,
    Counts,
    Follower,
    Found,
    Transfer,
    When,
    delta,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.adapters.dynamodb.item import Attributes
    from command_api.domain.batches import Move

# The range keys, in their order: a look at the counts stops before the follower and its input.
HEADER, COUNTER, FOLLOWER = "batch", "count#", "then#"
TTL = "expiresAt"
_NEW = "attribute_not_exists(id)"
_LATER = "attribute_not_exists(#last) OR #last < :first"


@dataclass(frozen=True, eq=False, repr=False)
class DynamoDBBatches:
    """One table, with the keys `id` and `part`."""

    client: Any
    table: str

    def create(self, batch: Batch, follower: Follower | None) -> Batch:
        """Write the follower first: a header that is there has all that it needs."""
        if follower is not None:
            values = {
                "when": text(follower.when),
                "type": text(follower.type),
                "input": document(follower.input),
                "expires": seconds(batch.purge_at + FOLLOWER_PATIENCE),
            }
            with suppress(Refused):
                self._update(batch.id, _follower(batch), assignments(values), _NEW, values)
        values = {
            "total": number(batch.total),
            "createdAt": moment(batch.created_at),
            "work": text(batch.work),
            "expires": seconds(batch.purge_at),
            **(_transfer(batch.transfer) if batch.transfer else {}),
            **({"owner": text(batch.owner)} if batch.owner else {}),
            **({"correlationId": text(batch.correlation_id)} if batch.correlation_id else {}),
            **({"when": text(batch.when)} if batch.when else {}),
        }
        try:
            self._update(batch.id, HEADER, assignments(values), _NEW, values)
        except Refused as refused:
            return _batch(refused.item)
        return batch

    def find(self, batch_id: str) -> Found:
        """One query, consistent; a few hundred bytes for each shard of the stream."""
        batch, counts, marks = None, Counts(), {}
        parts = {"id": text(batch_id), "from": text(HEADER), "to": text(f"{COUNTER}~")}
        condition = "id = :id AND part BETWEEN :from AND :to"
        for item in queried(self.client, self.table, condition, parts):
            if item["part"]["S"] == HEADER:
                batch = _batch(item)
                continue
            found = [int(item.get(name, {}).get("N", 0)) for name in Counts._fields]
            counts = Counts(*(sum(both) for both in zip(counts, found, strict=True)))
            marks[item["part"]["S"]] = item["last"]["S"]
        return Found(batch, counts, marks)

    def follower(self, batch: Batch) -> Follower | None:
        """One read."""
        with unavailable():
            item = self.client.get_item(
                TableName=self.table, Key=_key(batch.id, _follower(batch)), ConsistentRead=True
            ).get("Item")
        if item is None:
            return None
        return Follower(When(item["when"]["S"]), item["type"]["S"], json.loads(item["input"]["S"]))

    def count(self, shard: str, moves: Sequence[Move], *, keep_until: datetime) -> None:
        """One write for all of them; one more where some were counted before."""
        left = list(moves)
        while left:
            changes = {name: it for name, it in delta(left)._asdict().items() if it}
            added = ", ".join(f"#{name} :{name}" for name in changes)
            values = {
                **{name: number(it) for name, it in changes.items()},
                "last": text(left[-1].position),
                "first": text(left[0].position),
                "expires": seconds(keep_until),
            }
            assigned = "SET #last = :last, #expires = :expires" + (f" ADD {added}" if added else "")
            try:
                self._update(left[0].batch_id, f"{COUNTER}{shard}", assigned, _LATER, values)
            except Refused as refused:
                last = refused.item["last"]["S"]
                left = [move for move in left if move.position > last]
            else:
                return

    def advance(
        self, batch: Batch, transfer: Transfer, *, purge_at: datetime, unless_cancelled: bool
    ) -> bool:
        """One write, which its own success does not refuse."""
        if batch.transfer is None:
            return False
        values = {**_transfer(transfer), "known": text(batch.transfer.token)}
        values["expires"] = seconds(purge_at)
        condition = "#token = :known"
        if unless_cancelled:
            condition += " AND attribute_not_exists(#cancelRequestedAt)"
        assigned = "SET #transfer = :transfer, #token = :token, #expires = :expires"
        try:
            self._update(batch.id, HEADER, assigned, condition, values)
        except Refused as refused:
            return refused.item.get("token") == values["token"]
        return True

    def ended(self, batch: Batch, *, now: datetime, purge_at: datetime) -> None:
        """The first end stays: a redrive afterwards changes the counts alone."""
        self._note(batch, "endedAt", now, expires=seconds(purge_at))

    def followed(self, batch: Batch, *, now: datetime) -> None:
        """Only once."""
        self._note(batch, "followedAt", now)

    def cancel(self, batch: Batch, *, now: datetime) -> None:
        """The first request stays."""
        self._note(batch, "cancelRequestedAt", now)

    def _note(self, batch: Batch, name: str, now: datetime, **more: dict[str, Any]) -> None:
        condition = f"attribute_exists(id) AND attribute_not_exists(#{name})"
        values = {name: moment(now), **more}
        with suppress(Refused):
            self._update(batch.id, HEADER, assignments(values), condition, values)

    def _update(
        self, batch_id: str, part: str, expression: str, condition: str, values: Attributes
    ) -> None:
        names = {
            place: TTL if place == "#expires" else name
            for place, name in placeholders(f"{expression} {condition}").items()
        }
        with conditional(batch_id):
            self.client.update_item(
                TableName=self.table,
                Key=_key(batch_id, part),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={f":{name}": it for name, it in values.items()},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )


def _follower(batch: Batch) -> str:
    """Of the same request, should the id have stood for another one before."""
    return f"{FOLLOWER}{batch.work}"


def _transfer(transfer: Transfer) -> Attributes:
    return {
        "transfer": text(json.dumps(transfer._asdict(), separators=(",", ":"))),
        "token": text(transfer.token),
    }


def _key(batch_id: str, part: str) -> Attributes:
    return {"id": text(batch_id), "part": text(part)}


def _batch(item: Attributes) -> Batch:
    times = {
        name: datetime.fromisoformat(item[name]["S"]) if name in item else None
        for name in ("endedAt", "followedAt", "cancelRequestedAt")
    }
    batch = Batch(
        id=item["id"]["S"],
        total=int(item["total"]["N"]),
        created_at=datetime.fromisoformat(item["createdAt"]["S"]),
        work=item["work"]["S"],
        purge_at=datetime.fromtimestamp(int(item[TTL]["N"]), UTC),
        owner=item.get("owner", {}).get("S", ""),
        correlation_id=item.get("correlationId", {}).get("S", ""),
        when=When(item["when"]["S"]) if "when" in item else None,
        ended_at=times["endedAt"],
        followed_at=times["followedAt"],
        cancel_requested_at=times["cancelRequestedAt"],
    )
    if "transfer" not in item:
        return batch
    return batch.moved(Transfer(**json.loads(item["transfer"]["S"])))
