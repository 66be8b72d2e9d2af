"""Commands by status and time, from an index: no scan, and no input or result is read."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scripts.framework import model, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.commands.deployed import Table

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    id: str
    type: str
    status: model.Status
    attempts: int
    updated_at: str
    # Empty without owners; the receiver's host, of a webhook's delivery.
    owner: str


def age(text: str) -> timedelta:
    """A duration like 90s, 15m, 1h or 7d; wrong usage where it is none."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not found:
        wrong = f"{text!r} is not a duration like 90s, 15m, 1h or 7d"
        raise click.BadParameter(wrong, param_hint="'--since'")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def list_commands(
    table: Table,
    status: model.Status | None,
    since: timedelta,
    limit: int,
    *,
    owner: str | None = None,
    now: datetime,
) -> list[Listed]:
    """The commands last written within `since`, newest first, `limit` at most.

    `owner` leaves out those of others; None lists them all.
    """
    wanted = {status} if status else set(model.Status)
    # A lost worker leaves PROCESSING or CANCELLING behind and a lost message PENDING: readers see
    # them as FAILED or CANCELLED.
    unfinished = {status for status in model.Status if not status.terminal}
    unwritten = {status for status in model.Status if status.terminal} - {model.Status.COMPLETED}
    asked = wanted | (unfinished if wanted & unwritten else set())
    after = records.moment(now - since)
    found = [
        one
        for each in sorted(asked)
        for one in islice(
            (
                one
                for one in written(table, each, after, now=now)
                if one.status in wanted and owner in (None, one.owner)
            ),
            limit,
        )
    ]
    return sorted(found, key=lambda one: one.updated_at, reverse=True)[:limit]


def written(table: Table, status: str, after: str, *, now: datetime) -> Iterator[Listed]:
    """The commands that were stored with a status after a moment, newest first."""
    pages = table.client.get_paginator("query").paginate(
        TableName=table.name,
        IndexName=table.index,
        KeyConditionExpression="#status = :status AND updatedAt >= :after",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}, ":after": {"S": after}},
        ScanIndexForward=False,
    )
    for page in pages:
        for item in page["Items"]:
            if listed := _listed(item, table.ttl_attribute, now=now):
                yield listed


def _listed(item: Mapping[str, Any], ttl_attribute: str, *, now: datetime) -> Listed | None:
    command = records.observed(item, ttl_attribute, now=now)
    if command is None:
        return None
    return Listed(
        command.id,
        command.type or "-",
        command.status,
        command.attempts,
        records.moment(command.updated_at),
        command.owner,
    )


def now() -> datetime:
    """The present moment."""
    return datetime.fromtimestamp(time.time(), UTC)
