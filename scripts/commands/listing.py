"""Commands by status and time, from an index: no scan, and no input or result is read."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scripts.cli import ROOT
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.commands.target import Table

STATUSES = ("PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    id: str
    type: str
    status: str
    attempts: int
    updated_at: str


def age(text: str) -> timedelta:
    """A duration like 90s, 15m, 1h or 7d."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not found:
        raise OperatorError(f"--since takes a duration like 90s, 15m, 1h or 7d, not {text!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def list_commands(
    table: Table, status: str | None, since: timedelta, limit: int, *, now: datetime
) -> list[Listed]:
    """The commands last written within `since`, newest first, `limit` at most."""
    wanted = {status} if status else set(STATUSES)
    # A worker that died on the last attempt leaves PROCESSING behind, which readers see as FAILED.
    asked = wanted | ({"PROCESSING"} if "FAILED" in wanted else set())
    after = _moment(now - since)
    found = [
        one
        for each in sorted(asked)
        for one in _first(_query(table, each, after, now=now), wanted, limit)
    ]
    return sorted(found, key=lambda one: one.updated_at, reverse=True)[:limit]


def _first(listed: Iterator[Listed], wanted: set[str], limit: int) -> Iterator[Listed]:
    taken = 0
    for one in listed:
        if one.status in wanted:
            yield one
            taken += 1
            if taken == limit:
                return


def _query(table: Table, status: str, after: str, *, now: datetime) -> Iterator[Listed]:
    pages = (
        table.client()
        .get_paginator("query")
        .paginate(
            TableName=table.name,
            IndexName=table.index,
            KeyConditionExpression="#status = :status AND updatedAt >= :after",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": {"S": status}, ":after": {"S": after}},
            ScanIndexForward=False,
        )
    )
    for page in pages:
        for item in page["Items"]:
            if listed := _observed(item, table.ttl_attribute, now=now):
                yield listed


def _observed(item: Mapping[str, Any], ttl_attribute: str, *, now: datetime) -> Listed | None:
    """What a reader may see of an entry, by the same rule as the status function's."""
    lifecycle, model = _framework()
    lease = item.get("leaseExpiresAt", {}).get("S")
    purge_at = item.get(ttl_attribute, {}).get("N")
    command = lifecycle.observed(
        model.Command(
            id=item["id"]["S"],
            type=item.get("type", {}).get("S", ""),
            input={},
            status=model.Status(item["status"]["S"]),
            created_at=datetime.fromisoformat(item["createdAt"]["S"]),
            updated_at=datetime.fromisoformat(item["updatedAt"]["S"]),
            attempts=int(item["attempts"]["N"]),
            max_attempts=int(item["maxAttempts"]["N"]),
            lease=model.Lease("", datetime.fromisoformat(lease)) if lease else None,
            purge_at=datetime.fromtimestamp(int(purge_at), UTC) if purge_at else None,
        ),
        now=now,
    )
    if command is None:
        return None
    moment = _moment(command.updated_at)
    return Listed(command.id, command.type or "-", command.status, command.attempts, moment)


def _framework() -> Any:  # noqa: ANN401 - two modules of the framework
    # The framework is no package that is installed here: it travels in the zip.
    source = str(ROOT / "src")
    if source not in sys.path:
        sys.path.append(source)
    from command_api.domain import lifecycle, model  # noqa: PLC0415

    return lifecycle, model


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def now() -> datetime:
    """The present moment."""
    return datetime.fromtimestamp(time.time(), UTC)
