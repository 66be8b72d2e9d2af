"""What the page is told of batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.adapters.dynamodb.batches import DynamoDBBatches
from command_api.domain.batches import Batch, Follower, Move, When
from command_api.domain.model import Status
from scripts.local.dashboard import batched
from tests.builders import LATER

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2030, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def clients() -> Iterator[dict[str, Any]]:
    """DynamoDB in memory."""
    with mock_aws():
        yield {"dynamodb": boto3.client("dynamodb", region_name="us-east-1")}


@pytest.fixture
def store(clients: dict[str, Any]) -> DynamoDBBatches:
    """The empty table of batches."""
    clients["dynamodb"].create_table(
        TableName="batches",
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "part", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "part")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoDBBatches(clients["dynamodb"], "batches")


def batch(number: int) -> Batch:
    """A batch of four, each created a minute after the one before."""
    return Batch(
        id=f"key-{number}",
        total=4,
        created_at=NOW + timedelta(minutes=number),
        work="w",
        purge_at=LATER,
        when=When.ALL,
    )


def test_the_latest_batches_are_shown_as_the_api_shows_them(store: DynamoDBBatches) -> None:
    """With their shares, the newest first."""
    for number in range(7):
        store.create(batch(number), Follower(When.ALL, "echo", {"secret": "not shown"}))
    moves = [
        Move("key-6", f"{place:021}", Status.PROCESSING, Status.COMPLETED) for place in range(2)
    ]
    store.count("shard-1", moves, keep_until=LATER)

    found = batched.rows(store.client, "batches", now=NOW + timedelta(hours=1))

    assert [one["id"] for one in found] == ["key-6", "key-5", "key-4", "key-3", "key-2"]
    assert (found[0]["share"], found[0]["counts"]["completed"]) == (0.5, 2)
    assert (found[1]["share"], found[1]["then"]["sent"]) == (0.0, False)
    assert "not shown" not in str(found)


def test_a_deployment_without_batches_has_none(store: DynamoDBBatches) -> None:
    """No table, or one that an apply has taken away since."""
    assert batched.rows(store.client, "", now=NOW) == []
    assert batched.rows(store.client, "gone", now=NOW) == []
