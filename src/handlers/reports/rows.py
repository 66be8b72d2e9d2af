"""The commands that a report is about: from the index where there is one, else from a scan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from command_api.aws import client
from command_api.domain.model import Status
from command_api.records import SUMMARY, moment, observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from command_api.domain.model import Command

# A page of 1 MB takes a fraction of a second; what is left is for the files.
_RESERVE_SECONDS = 4
# A scan is paid by what it reads, not by what it finds: this many megabytes at most.
_MAX_SCANNED_PAGES = 100


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where commands are; with an `owner` only that owner's are seen."""

    table: str
    index: str | None
    ttl_attribute: str
    owner: str


@dataclass(frozen=True)
class Report:
    """Commands that changed since a moment, newest first; `truncated` says that there are more."""

    rows: tuple[Command, ...]
    since: datetime
    until: datetime
    truncated: bool

    @cached_property
    def by_status(self) -> Mapping[str, int]:
        """How many commands each status has, all statuses in the order of a command's life."""
        counted = Counter(row.status for row in self.rows)
        return {status.value: counted[status] for status in Status}

    @cached_property
    def by_type(self) -> list[tuple[str, int]]:
        """How many commands each type has, the most frequent first."""
        return Counter(row.type for row in self.rows).most_common()


def collect(
    source: Source, *, hours: int, limit: int, now: datetime, seconds_left: Callable[[], float]
) -> Report:
    """Read until everything is found, or the limit, the time or the pages are used up."""
    since = now - timedelta(hours=hours)
    newest: list[Command] = []
    truncated = False
    for pages in _reads(source, since):
        mine = 0
        for number, items in enumerate(pages, 1):
            rows = [row for item in items if (row := observed(item, source.ttl_attribute, now=now))]
            mine += len(rows)
            # No more than what is wanted is kept in memory.
            newest = sorted([*newest, *rows], key=lambda row: row.updated_at, reverse=True)
            truncated |= len(newest) > limit
            del newest[limit:]
            # A query comes newest first, so that after `limit` there is nothing to look for.
            enough = mine > limit if source.index else number >= _MAX_SCANNED_PAGES
            if enough or seconds_left() < _RESERVE_SECONDS:
                truncated = True
                break
    return Report(tuple(newest), since, now, truncated)


def _reads(source: Source, since: datetime) -> Iterator[Iterator[list[Mapping[str, Any]]]]:
    names, values = _projection(source), {":since": {"S": moment(since)}}
    arguments: dict[str, Any] = {
        "TableName": source.table,
        "ProjectionExpression": ", ".join(names),
        # The default with a projection; the grant asks for it by name.
        "Select": "SPECIFIC_ATTRIBUTES",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    own = "#owner = :owner" if source.owner else ""
    if source.owner:
        values[":owner"] = {"S": source.owner}
    if source.index is None:
        # Waiting inputs lie in the same table; they have no `updatedAt`, which leaves them out.
        condition = " AND ".join(filter(None, ("#updatedAt >= :since", own)))
        yield _pages("scan", {**arguments, "FilterExpression": condition})
        return
    arguments |= {
        "IndexName": source.index,
        "KeyConditionExpression": "#status = :status AND #updatedAt >= :since",
        "ScanIndexForward": False,
        **({"FilterExpression": own} if own else {}),
    }
    for status in Status:
        of_status = {**values, ":status": {"S": status.value}}
        yield _pages("query", {**arguments, "ExpressionAttributeValues": of_status})


def _pages(operation: str, arguments: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    for page in client("dynamodb").get_paginator(operation).paginate(**arguments):
        yield page["Items"]


def _projection(source: Source) -> dict[str, str]:
    return {f"#{name}": name for name in SUMMARY} | {"#ttl": source.ttl_attribute}
