"""The batches of an environment, for the functions that submit, count and show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.batches import DynamoDBBatches
from command_api.settings import required

if TYPE_CHECKING:
    from collections.abc import Mapping


def batches(environ: Mapping[str, str]) -> DynamoDBBatches:
    """The table of batches."""
    return DynamoDBBatches(client("dynamodb"), required(environ, "BATCHES_TABLE"))
