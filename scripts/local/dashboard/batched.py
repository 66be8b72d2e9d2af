"""The latest batches of the deployment, as the API shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.batch_framework import batch_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

MOST_SHOWN = 5
# On a laptop the table is small; a larger one is read up to here, page by page.
_MOST_PAGES = 20


def rows(client: DynamoDBClient, table: str, *, now: datetime) -> list[dict[str, Any]]:
    """The batches that were created last, the newest first; none where the deployment has none."""
    # Not with the framework: it needs botocore, and most tools that use the framework do not.
    from command_api.adapters.dynamodb.batches import HEADER, DynamoDBBatches  # noqa: PLC0415

    if not table:
        return []
    try:
        created = sorted(_created(client, table, HEADER), reverse=True)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return []
    store = DynamoDBBatches(client, table)
    found = [store.find(batch_id) for _, batch_id in created[:MOST_SHOWN]]
    return [
        json.loads(str(batch_view.shown(one.batch, one, now=now)["body"]))
        for one in found
        if one.batch
    ]


def _created(client: DynamoDBClient, table: str, part: str) -> Iterator[tuple[str, str]]:
    """When each batch was created, and its id."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression="id, createdAt",
        FilterExpression="part = :part",
        ExpressionAttributeValues={":part": {"S": part}},
    )
    for number, page in enumerate(pages):
        for item in page["Items"]:
            yield item["createdAt"]["S"], item["id"]["S"]
        if number + 1 >= _MOST_PAGES:
            return
