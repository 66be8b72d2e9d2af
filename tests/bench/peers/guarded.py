"""What both Powertools peers do with one command: run it once, then write its status.

Three writes: the idempotency utility's two, and the status that clients ask for.
https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from tests.bench.peers.work import work

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

logger = Logger()
dynamodb: Any = boto3.client("dynamodb")
config = IdempotencyConfig(event_key_jmespath="id")


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="command",
    persistence_store=DynamoDBPersistenceLayer(os.environ["TABLE_NAME"], boto3_client=dynamodb),
    config=config,
)
def run_once(*, command: dict[str, Any]) -> dict[str, Any]:
    """Run the command unless its id has been run before."""
    return work(command["input"])


def command_id(record: SQSRecord) -> str:
    """The id that the client got, or else the message's own."""
    attribute = record.message_attributes["command_id"]
    return (attribute.string_value if attribute else None) or record.message_id


def process(id_: str, body: dict[str, Any]) -> None:
    """Run a command and say that it is done."""
    run_once(command={"id": id_, "input": body["input"]})
    dynamodb.update_item(
        TableName=os.environ["TABLE_NAME"],
        Key={"id": {"S": id_}},
        UpdateExpression="SET #status = :status, #at = :at",
        ExpressionAttributeNames={"#status": "status", "#at": "updatedAt"},
        ExpressionAttributeValues={
            ":status": {"S": "COMPLETED"},
            ":at": {"S": datetime.now(UTC).isoformat()},
        },
    )
    logger.info("completed", extra={"command_id": id_})
