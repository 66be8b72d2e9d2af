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
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
process = bootstrap.process_batch(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process a batch and name the messages that must come back."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    messages = [received(record) for record in event["Records"]]
    returned = process(messages, deadline=datetime.now(UTC) + remaining)
    failures = [{"itemIdentifier": message.message_id} for message in returned]
    return {"batchItemFailures": failures}
