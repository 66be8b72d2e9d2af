"""The worker function: a batch of SQS messages in, the ids of those to be returned out.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.domain.message import Message
from command_api.entrypoints.logs import structured_logger
from command_api.usecases.process import Outcome
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
process = bootstrap.process_message(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process a batch; whatever goes wrong with one message concerns that message alone."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    deadline = datetime.now(UTC) + remaining
    failed = [
        record["messageId"] for record in event["Records"] if not _processed(record, deadline)
    ]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _processed(record: Mapping[str, Any], deadline: datetime) -> bool:
    try:
        return process(_message(record), deadline=deadline) is Outcome.ACKNOWLEDGE
    except Exception as error:  # noqa: BLE001 - the edge: the queue brings the message back
        details = {"message_id": record.get("messageId"), "error_type": type(error).__name__}
        logger.error("message returned", extra=details)  # noqa: TRY400 - the text may quote input
        return False


def _message(record: Mapping[str, Any]) -> Message:
    sent = int(record["attributes"]["SentTimestamp"])
    return Message(
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        command_id=record["messageAttributes"].get("command_id", {}).get("stringValue"),
        sent_at=datetime.fromtimestamp(sent / 1000, UTC),
    )
