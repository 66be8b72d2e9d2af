"""`list`: commands by status and age, from the index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.adapters.dynamodb.item import attributes
from command_api.domain.model import Lease, Status
from scripts.commands import listing
from tests import targets
from tests.builders import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.scripts.commands.conftest import Result

    Run = Callable[..., Result]

NOW = datetime.now(UTC).replace(microsecond=0)
OUTPUTS = {
    "commands_endpoint": "http://127.0.0.1:9/commands",
    "dynamodb_table_name": "commands",
    "dynamodb_ttl_attribute": "gone_at",
    "command_index_name": "by-status",
}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    """The table as the module makes it, in memory, as the target of every command line."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="commands",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "status", "updatedAt")
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-status",
                    "KeySchema": [
                        {"AttributeName": "status", "KeyType": "HASH"},
                        {"AttributeName": "updatedAt", "KeyType": "RANGE"},
                    ],
                    "Projection": {
                        "ProjectionType": "INCLUDE",
                        "NonKeyAttributes": [
                            *("type", "attempts", "maxAttempts"),
                            *("createdAt", "leaseExpiresAt", "waitsUntil", "gone_at"),
                        ],
                    },
                }
            ],
        )
        aim(monkeypatch, client, OUTPUTS)
        # Other tests may have run since this file was read.
        monkeypatch.setattr(listing, "now", lambda: NOW)
        yield client


def aim(monkeypatch: pytest.MonkeyPatch, client: Any, outputs: dict[str, Any]) -> None:
    """Let every command line mean this table."""
    targets.aim(monkeypatch, targets.target(outputs, lambda _: client))


def put(
    client: DynamoDBClient, command_id: str, status: Status, ago: timedelta, **more: Any
) -> None:
    """Store a command that was last written so long ago."""
    stored = command(status, id=command_id, updated_at=NOW - ago, **more)
    item = {"id": {"S": command_id}, **attributes(stored, "gone_at")}
    client.put_item(TableName="commands", Item=item)


def ids(result: Result) -> list[str]:
    """The ids of the list, from top to bottom."""
    assert result.code == 0, result.err
    return [line.split()[-1] for line in result.out.splitlines()]


def test_without_the_index_it_says_how_to_have_one(
    dynamodb: DynamoDBClient, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, and no scan instead."""
    aim(monkeypatch, dynamodb, {**OUTPUTS, "command_index_name": None})
    result = run("list", "--local")
    assert (result.code, result.out) == (1, "")
    assert "set commands = { index = true }" in result.err


@pytest.mark.usefixtures("dynamodb")
def test_nothing_to_list_is_said(run: Run) -> None:
    """An empty list is no error, and standard output stays empty."""
    result = run("list", "--local", "--since", "5m")
    assert (result.code, result.out) == (0, "")
    assert "no matching commands in the last 5m" in result.err


def test_what_readers_may_not_see_is_not_listed(dynamodb: DynamoDBClient, run: Run) -> None:
    """A record past its time is gone; where worker or message is lost, the command has failed."""
    minute = timedelta(minutes=1)
    put(dynamodb, "expired", Status.COMPLETED, minute, purge_at=NOW - minute)
    lost = Lease("t", NOW - minute)
    put(dynamodb, "lost", Status.PROCESSING, 2 * minute, attempts=3, lease=lost)
    put(dynamodb, "purged", Status.PENDING, 3 * minute, waits_until=NOW - 3 * minute)
    put(dynamodb, "busy", Status.PROCESSING, minute / 2, lease=Lease("t", NOW + minute))
    assert ids(run("list", "--local")) == ["busy", "lost", "purged"]
    assert ids(run("list", "--local", "--status", "failed")) == ["lost", "purged"]
    assert ids(run("list", "--local", "--status", "pending")) == []
    assert ids(run("list", "--local", "--status", "PROCESSING")) == ["busy"]


def test_it_lists_by_status_and_age_newest_first(dynamodb: DynamoDBClient, run: Run) -> None:
    """Older than --since is left out, and --limit says when there may be more."""
    for hours in range(5):
        put(dynamodb, f"c-{hours}", Status.COMPLETED, timedelta(hours=hours, minutes=30))
    put(dynamodb, "p-1", Status.PENDING, timedelta(minutes=45))
    assert ids(run("list", "--local")) == ["c-0", "p-1"]
    assert ids(run("list", "--local", "--status", "COMPLETED", "--since", "3h")) == [
        "c-0",
        "c-1",
        "c-2",
    ]
    limited = run("list", "--local", "--since", "1d", "--limit", "2")
    assert ids(limited) == ["c-0", "p-1"]
    assert "stopped after 2" in limited.err


def test_a_list_reads_the_index_only(
    dynamodb: DynamoDBClient, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queries on the index: no scan, no item, no input."""
    asked: list[str] = []

    class Recorder:
        def get_paginator(self, operation: str) -> Any:
            asked.append(operation)
            return dynamodb.get_paginator("query")

    aim(monkeypatch, Recorder(), OUTPUTS)
    put(dynamodb, "c-1", Status.FAILED, timedelta(minutes=1))
    assert ids(run("list", "--local", "--status", "FAILED")) == ["c-1"]
    assert asked == ["query"] * 4
