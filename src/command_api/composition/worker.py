"""A worker on AWS: the use case that runs commands, and what it answers Lambda for a batch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.schemas import RESULT, HandlerSchemas
from command_api.adapters.secrets_manager import SecretsManager
from command_api.adapters.sqs.queue import SQSQueue
from command_api.composition.commands import meter, store
from command_api.composition.queues import queue_urls, queues
from command_api.composition.scheduling import reach, schedules
from command_api.domain.context import registered
from command_api.domain.envelope import is_fifo, received
from command_api.domain.retry import RetryPolicy
from command_api.settings import flag, message_life, required, retention, table
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.report import trouble
from command_api.usecases.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import Logger

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.domain.context import Handlers
    from command_api.usecases.rates import Rates


def process_batch(environ: Mapping[str, str], handlers: Handlers, logger: Logger) -> ProcessBatch:
    """The worker's use case on AWS."""
    queue_url = required(environ, "QUEUE_URL")
    runtime = Runtime(
        store=store(environ),
        queue=SQSQueue(
            partial(client, "sqs"), queue_url, required(environ, "DLQ_URL"), queue_urls(environ)
        ),
        secrets=SecretsManager(
            partial(client, "secretsmanager"), required(environ, "SECRET_PREFIX")
        ),
        handlers=handlers,
        default_type=required(environ, "DEFAULT_COMMAND_TYPE"),
        policy=RetryPolicy(max_attempts=int(required(environ, "MAX_ATTEMPTS"))),
        check=HandlerSchemas().violations,
        check_result=HandlerSchemas(RESULT).violations,
        retention=retention(environ),
        message_life=message_life(environ),
        logger=logger,
        fifo=is_fifo(queue_url),
        measure=meter(environ),
        log_exception_text=flag(environ, "LOG_EXCEPTION_TEXT"),
        reach=reach(environ),
        schedules=schedules(environ),
        outcomes=flag(environ, "OUTCOMES"),
        queues=queues(environ),
    )
    process = ProcessMessage(runtime)
    pause = Pause(
        types=frozenset(environ.get("PAUSED_TYPES", "").split(",")) - {""},
        runtime=runtime,
        seconds=float(environ.get("PAUSE_SECONDS", "240")),
    )
    return ProcessBatch(
        process=process,
        pause=pause,
        concurrency=int(required(environ, "BATCH_CONCURRENCY")),
        rates=_rates(environ, process, pause),
    )


def _rates(environ: Mapping[str, str], process: ProcessMessage, pause: Pause) -> Rates | None:
    if not any(registered(one).rate for one in process.runtime.handlers.values()):
        return None
    # Only where a type has a rate.
    from command_api.adapters.dynamodb.rates import DynamoDBBuckets  # noqa: PLC0415
    from command_api.usecases.rates import Rates  # noqa: PLC0415

    return Rates(DynamoDBBuckets(client("dynamodb"), *table(environ)), process, pause)


def answer(
    process: ProcessBatch, event: Mapping[str, Any], context: LambdaContext, logger: Logger
) -> dict[str, object]:
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
