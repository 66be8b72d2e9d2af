"""The notifier: changes of commands from the table's stream in, those to be delivered again out.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.dynamodb.changes import change_of
from command_api.adapters.sqs.failures import FailureQueue
from command_api.composition.listeners import listeners
from command_api.composition.stream import readable
from command_api.settings import required
from command_api.usecases.notify import Notify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import Command


def _message(command: Command) -> str:
    """A command as whoever watches it is told of it."""
    # Only where commands are watched.
    from command_api.http.callback import untried_callback_of  # noqa: PLC0415
    from command_api.http.pushed import shown  # noqa: PLC0415

    # Deliveries follow from the same change: none was tried when it was written.
    callback = partial(untried_callback_of, webhooks="WEBHOOK_QUEUE_URL" in os.environ)
    return shown({command.id: command}, callback)


logger = structured_logger()
ttl_attribute = required(os.environ, "TTL_ATTRIBUTE")
failures = FailureQueue(partial(client, "sqs"), required(os.environ, "FAILURE_QUEUE_URL"))
notify = Notify(
    listeners=listeners(os.environ, _message),
    failures=failures,
    logger=logger,
    patience=timedelta(seconds=int(required(os.environ, "PATIENCE_SECONDS"))),
)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, object]:
    """Tell of a batch of changes, and name the records that must come again.

    Lambda delivers everything from the earliest of them on once more.
    """
    read = partial(change_of, ttl_attribute=ttl_attribute)
    numbers = dict(readable(event["Records"], read, failures, logger))
    again = {id(change) for change in notify(list(numbers.values()))}
    failed = [number for number, change in numbers.items() if id(change) in again]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
