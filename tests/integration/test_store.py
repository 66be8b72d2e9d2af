"""The store's contract once more, on the table that the `data` module makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from pytest_terraform import terraform

from command_api.adapters.dynamodb.commands import DynamoDBCommands

# The suites themselves: every test of them runs here against this file's `store`.
from tests.contract.test_cancelling import *  # noqa: F403
from tests.contract.test_command_store import *  # noqa: F403

if TYPE_CHECKING:
    from pytest_terraform.tf import TerraformTestApi


@pytest.fixture
def store(data: TerraformTestApi) -> DynamoDBCommands:
    """The store on the local stack's table, emptied of what the test before left behind."""
    outputs = {name: output["value"] for name, output in data.outputs.items()}
    client = boto3.client("dynamodb")
    for item in client.scan(TableName=outputs["table"], ProjectionExpression="id")["Items"]:
        client.delete_item(TableName=outputs["table"], Key=item)
    return DynamoDBCommands(client, outputs["table"], outputs["ttl_attribute"])


@terraform("data", scope="session")
def test_the_table_deletes_what_is_past_its_time(data: TerraformTestApi) -> None:
    """The time to live is on, under the name that the functions are told."""
    table = data.outputs["table"]["value"]
    answer = boto3.client("dynamodb").describe_time_to_live(TableName=table)
    assert answer["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": data.outputs["ttl_attribute"]["value"],
    }
