"""Every store that the suite holds to the same contract."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.exceptions import ItemSizeToUpdateTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import LimitedSizeDict

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.item import ITEM_BYTES
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from tests.fakes.commands import InMemoryCommands
from tests.fakes.outbox import InMemoryOutbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.domain.ports import CommandStore, Outbox


@pytest.fixture(params=["memory", "dynamodb"])
def store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandStore]:
    """An empty store: the in-memory fake, and DynamoDB as moto plays it."""
    if request.param == "memory":
        yield InMemoryCommands()
        return
    _count_as_dynamodb(monkeypatch)
    with mock_aws():
        client = _client()
        client.create_table(
            TableName="commands",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "outbox", "outboxSince")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "outbox",
                    "KeySchema": [
                        {"AttributeName": "outbox", "KeyType": "HASH"},
                        {"AttributeName": "outboxSince", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield DynamoDBCommands(client, "commands", "expiresAt")


@pytest.fixture
def outbox(store: CommandStore) -> Outbox:
    """What the validated entry point sees of the same store."""
    if isinstance(store, InMemoryCommands):
        return InMemoryOutbox(store)
    assert isinstance(store, DynamoDBCommands)
    return DynamoDBOutbox(store.client, store.table, store.ttl_attribute)


@cache
def _client() -> Any:
    """One for all tests: making it takes longer than most of them."""
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _count_as_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an item be as large after an update as DynamoDB lets it.

    moto looks after each assignment, counts what is replaced twice, and does not look into maps.
    """
    update_item = DynamoDBBackend.update_item

    def counted(self: Any, table_name: str, key: Any, *args: Any, **named: Any) -> Any:
        table = self.get_table(table_name)
        known = table.get_item(*self.get_keys_value(table, key))
        before = copy.deepcopy(known.attrs) if known else None
        item = update_item(self, table_name, key, *args, **named)
        if item.size() <= ITEM_BYTES:
            return item
        if before is None:
            table.delete_item(*self.get_keys_value(table, key))
        else:
            item.attrs.clear()
            item.attrs.update(before)
        raise ItemSizeToUpdateTooLarge

    monkeypatch.setattr(LimitedSizeDict, "__setitem__", dict.__setitem__)
    monkeypatch.setattr(DynamoDBBackend, "update_item", counted)
