"""The worker function: a batch of SQS messages in, the ids of those to be returned out.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.domain.envelope import received
from command_api.entrypoints.logs import structured_logger
from command_api.usecases.report import trouble
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
process = bootstrap.process_batch(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process a batch and name the messages that must come back."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    messages, failed = [], []
    for record in event["Records"]:
        try:
            messages.append(received(record))
        except Exception as error:  # noqa: BLE001 - the edge: it concerns this record alone
            # It comes back until the queue's limit has it dead-lettered, which rings an alarm.
            failed.append(record["messageId"])
            details = {"message_id": record["messageId"], **trouble(error)}
            logger.error("message unreadable", extra=details)  # noqa: TRY400 - it may quote input
    returned = process(messages, deadline=datetime.now(UTC) + remaining)
    failed += [message.message_id for message in returned]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
