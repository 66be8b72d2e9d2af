"""The batch counter: changes of members from the table's stream in, counts in their batches out.

The mapping has a tumbling window, because only then does Lambda name the shard of the records. One
invocation of a shard follows the other, so that its counter has one writer.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.dynamodb.moves import move_of
from command_api.adapters.sqs.failures import FailureQueue
from command_api.composition.batches import batches
from command_api.composition.ending import ending
from command_api.composition.stream import readable
from command_api.settings import required, retention
from command_api.usecases.count import CountMembers
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
failures = FailureQueue(partial(client, "sqs"), required(os.environ, "FAILURE_QUEUE_URL"))
count = CountMembers(
    batches=batches(os.environ),
    end=ending(os.environ, HANDLERS, logger),
    retention=retention(os.environ),
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Count a batch of records; whatever is raised brings all of them again."""
    until = datetime.now(UTC) + timedelta(milliseconds=context.get_remaining_time_in_millis())
    moves = [move for _, move in readable(event["Records"], move_of, failures, logger)]
    count(event["shardId"], moves, until=until)
    # A window must have a state; what is counted is in the table.
    return {"state": {}}
