"""The worker function: a batch of SQS messages in, the ids of those to be returned out.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.worker import answer, process_batch
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
process = process_batch(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process a batch and name the messages that must come back."""
    return answer(process, event, context, logger)
