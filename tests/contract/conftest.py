"""Every store that the suite holds to the same contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.adapters.dynamodb_submissions import DynamoDBSubmissions
from command_api.adapters.memory import InMemoryCommands
from command_api.adapters.memory_submissions import InMemorySubmissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.domain.ports import CommandStore, SubmissionStore


@pytest.fixture(params=["memory", "dynamodb"])
def store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandStore]:
    """An empty store: the in-memory twin, and DynamoDB as moto plays it."""
    if request.param == "memory":
        yield InMemoryCommands()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="commands",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "unsent", "unsentSince")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "unsent",
                    "KeySchema": [
                        {"AttributeName": "unsent", "KeyType": "HASH"},
                        {"AttributeName": "unsentSince", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield DynamoDBCommands(client, "commands", "expiresAt")


@pytest.fixture
def submissions(store: CommandStore) -> SubmissionStore:
    """What a door sees of the same store."""
    if isinstance(store, InMemoryCommands):
        return InMemorySubmissions(store)
    assert isinstance(store, DynamoDBCommands)
    return DynamoDBSubmissions(store.client, store.table, store.ttl_attribute)
