"""The webhook sender: a worker of its own, whose commands are deliveries.

A delivery has a record, a lease, attempts and a dead-letter message like any command, in a table
and a queue that hold deliveries only.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.worker import answer, process_batch
from command_api.domain.context import Registered
from command_api.domain.delivery import ATTEMPTS, BASE_SECONDS, CAP_SECONDS, TYPE
from command_api.webhooks.callback import handle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

HANDLERS = {
    TYPE: Registered(
        handle=handle, max_attempts=ATTEMPTS, base_seconds=BASE_SECONDS, cap_seconds=CAP_SECONDS
    )
}
logger = structured_logger()
process = process_batch(os.environ, HANDLERS, logger)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Deliver a batch and name the messages that must come back."""
    return answer(process, event, context, logger)
