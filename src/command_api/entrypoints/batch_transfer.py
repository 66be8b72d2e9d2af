"""The batch transfer function: batches in, for each of which it does what is left to do.

Lines become commands, cancelled members are taken back, and results become an object. What is not
done in one invocation is left to the next one, by a message of its own.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.dynamodb.many import ManyCommands
from command_api.adapters.s3_batches import S3BatchFiles
from command_api.adapters.sqs.transfers import TransferQueue, batches_in
from command_api.composition.batches import batches
from command_api.composition.commands import commands
from command_api.composition.ending import ending
from command_api.composition.intake import intake
from command_api.composition.scheduling import schedules
from command_api.domain.errors import Unavailable
from command_api.http.uploads import command_of_line
from command_api.settings import required, retention, table
from command_api.usecases.batches import CancelMembers
from command_api.usecases.report import trouble
from command_api.usecases.transfer import TransferBatch
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

# A message that fails comes back after seconds at first, and after minutes in the end.
_SOONEST, _LATEST = 5, 300

logger = structured_logger()
queue = TransferQueue(partial(client, "sqs"), required(os.environ, "TRANSFERS_URL"))
# What it ends it goes on with itself.
end = replace(ending(os.environ, HANDLERS, logger), list_results=lambda _: None)
transfer = TransferBatch(
    batches=batches(os.environ),
    files=S3BatchFiles(partial(client, "s3"), required(os.environ, "BATCHES_BUCKET")),
    store=commands(os.environ),
    commands=ManyCommands(client("dynamodb"), *table(os.environ)),
    submit=end.submit,
    cancel=CancelMembers(
        store=commands(os.environ),
        retention=retention(os.environ),
        schedules=schedules(os.environ),
    ),
    end=end,
    read_line=partial(command_of_line, intake(os.environ, HANDLERS)),
    logger=logger,
    retention=retention(os.environ),
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Do what is to be done for each batch, and name the messages that must come back."""
    until = datetime.now(UTC) + timedelta(milliseconds=context.get_remaining_time_in_millis())
    failed = [record for record in event["Records"] if not _done(record, until)]
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in failed]}


def _done(record: Mapping[str, Any], until: datetime) -> bool:
    try:
        for batch_id in batches_in(record["body"]):
            wait = transfer(batch_id, until=until)
            if wait is not None:
                queue.put(batch_id, wait)
    except Exception as error:  # noqa: BLE001 - the edge: the message comes back
        logger.error("transfer failed", extra=trouble(error))  # noqa: TRY400 - it may quote a line
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        with suppress(Unavailable):
            queue.delay(record["receiptHandle"], min(_LATEST, _SOONEST * 2 ** min(receives, 8)))
        return False
    return True
