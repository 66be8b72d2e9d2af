"""The worker function: a batch of SQS messages in, the ids of those to be returned out.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.domain.message import (
    CORRELATION_ATTRIBUTE,
    ID_ATTRIBUTE,
    OWNER_ATTRIBUTE,
    RENEWAL_ATTRIBUTE,
    Message,
)
from command_api.domain.model import ID_PATTERN
from command_api.domain.renewal import Renewal
from command_api.domain.trace import TRACE_ATTRIBUTE
from command_api.entrypoints.logs import structured_logger
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
process = bootstrap.process_batch(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process a batch and name the messages that must come back."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    messages = [_message(record) for record in event["Records"]]
    returned = process(messages, deadline=datetime.now(UTC) + remaining)
    failures = [{"itemIdentifier": message.message_id} for message in returned]
    return {"batchItemFailures": failures}


def _message(record: Mapping[str, Any]) -> Message:
    system, attributes = record["attributes"], record["messageAttributes"]
    arrived = datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC)
    renewal = attributes.get(RENEWAL_ATTRIBUTE, {}).get("stringValue")
    correlation = attributes.get(CORRELATION_ATTRIBUTE, {}).get("stringValue") or ""
    return Message(
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        command_id=attributes.get(ID_ATTRIBUTE, {}).get("stringValue"),
        sent_at=arrived,
        receives=int(system["ApproximateReceiveCount"]),
        renewal=Renewal.read(renewal),
        group=system.get("MessageGroupId", ""),
        owner=attributes.get(OWNER_ATTRIBUTE, {}).get("stringValue") or "",
        # It goes into every line of the log; work is not refused for the name that it came with.
        correlation_id=correlation if ID_PATTERN.fullmatch(correlation) else "",
        trace=system.get(TRACE_ATTRIBUTE, ""),
    )
