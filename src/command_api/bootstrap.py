"""The one place where adapters meet use cases."""

from __future__ import annotations

from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.domain.queues import is_fifo
from command_api.domain.retry import RetryPolicy
from command_api.settings.reading import flag, required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from logging import Logger

    from command_api.adapters.dynamodb_submissions import DynamoDBSubmissions
    from command_api.adapters.outbox import SQSOutbox
    from command_api.adapters.s3 import S3Results
    from command_api.adapters.schemas import HandlerSchemas
    from command_api.domain.access import Access
    from command_api.domain.context import Handlers
    from command_api.domain.model import JSON
    from command_api.domain.ports import CommandStore, Meter
    from command_api.domain.violations import Violation
    from command_api.settings.doors import DescriptionSettings, DoorSettings
    from command_api.usecases.batch import ProcessBatch
    from command_api.usecases.cancel import CancelCommand
    from command_api.usecases.status import ReadStatus
    from command_api.usecases.submit import SubmitCommands
    from command_api.usecases.sweep import Sweep


def process_batch(environ: Mapping[str, str], handlers: Handlers, logger: Logger) -> ProcessBatch:
    """The worker's use case on AWS."""
    from command_api.adapters.results import LargeResults  # noqa: PLC0415
    from command_api.adapters.secrets_manager import SecretsManager  # noqa: PLC0415
    from command_api.adapters.sqs import SQSQueue  # noqa: PLC0415
    from command_api.usecases.batch import ProcessBatch  # noqa: PLC0415
    from command_api.usecases.pause import Pause  # noqa: PLC0415
    from command_api.usecases.process import ProcessMessage  # noqa: PLC0415
    from command_api.usecases.runtime import Runtime  # noqa: PLC0415

    results, store = _results(environ), _store(environ)
    queue_url = required(environ, "QUEUE_URL")
    runtime = Runtime(
        store=LargeResults(store, results) if results else store,
        queue=SQSQueue(partial(client, "sqs"), queue_url, required(environ, "DLQ_URL")),
        secrets=SecretsManager(
            partial(client, "secretsmanager"), required(environ, "SECRET_PREFIX")
        ),
        handlers=handlers,
        default_type=required(environ, "DEFAULT_COMMAND_TYPE"),
        policy=RetryPolicy(max_attempts=int(required(environ, "MAX_ATTEMPTS"))),
        check=input_check(),
        retention=_retention(environ),
        message_life=_message_life(environ),
        logger=logger,
        measure=_meter(environ),
        log_exception_text=flag(environ, "LOG_EXCEPTION_TEXT"),
    )
    return ProcessBatch(
        process=ProcessMessage(runtime),
        pause=Pause(
            types=frozenset(environ.get("PAUSED_TYPES", "").split(",")) - {""},
            runtime=runtime,
            seconds=float(environ.get("PAUSE_SECONDS", "240")),
            fifo=is_fifo(queue_url),
        ),
        concurrency=int(required(environ, "BATCH_CONCURRENCY")),
        fifo=is_fifo(queue_url),
    )


def _meter(environ: Mapping[str, str]) -> Meter:
    namespace = environ.get("METRICS_NAMESPACE")
    if not namespace:
        return lambda *_: None
    from command_api.adapters.embedded_metrics import embedded_metrics  # noqa: PLC0415

    return embedded_metrics(namespace, environ.get("POWERTOOLS_SERVICE_NAME", "unknown"))


def access(environ: Mapping[str, str]) -> Access:
    """What the deployment asks of callers."""
    from command_api.domain.access import Access  # noqa: PLC0415
    from command_api.settings.doors import AccessSettings  # noqa: PLC0415

    settings = AccessSettings.read(environ)
    return Access(authenticated=settings.authenticated, admin_scope=settings.admin_scope)


def origins(environ: Mapping[str, str]) -> Sequence[str]:
    """The web pages that may read the answers, where the functions have to say so themselves."""
    return tuple(environ.get("CORS_ALLOW_ORIGINS", "").split())


def read_status(environ: Mapping[str, str]) -> ReadStatus:
    """The status function's use case on AWS."""
    from command_api.usecases.status import ReadStatus  # noqa: PLC0415

    max_wait = int(environ.get("MAX_WAIT_SECONDS", "0"))
    return ReadStatus(
        store=_store(environ),
        results=_results(environ),
        max_wait=max_wait,
        measure=_meter(environ),
    )


def cancel_command(environ: Mapping[str, str]) -> CancelCommand:
    """The cancel function's use case on AWS."""
    from command_api.usecases.cancel import CancelCommand  # noqa: PLC0415

    return CancelCommand(store=_store(environ), retention=_retention(environ))


def submit_commands(environ: Mapping[str, str], logger: Logger) -> SubmitCommands:
    """The submit function's use case on AWS."""
    from command_api.usecases.submit import SubmitCommands  # noqa: PLC0415

    return SubmitCommands(
        store=_submissions(environ),
        outbox=_outbox(environ),
        logger=logger,
        message_life=_message_life(environ),
    )


def door(environ: Mapping[str, str]) -> DoorSettings:
    """Which routes the submit function answers, and how."""
    from command_api.settings.doors import DoorSettings  # noqa: PLC0415

    return DoorSettings.read(environ)


def description(environ: Mapping[str, str]) -> DescriptionSettings:
    """What the environment has chosen, for the description of its API."""
    from command_api.settings.doors import DescriptionSettings  # noqa: PLC0415

    return DescriptionSettings.read(environ)


def input_schema() -> Callable[[str], Mapping[str, Any] | None]:
    """What has the JSON Schema of a type's input, None where it takes any object."""
    return _schemas().schema


def input_check() -> Callable[[str, Mapping[str, JSON]], Sequence[Violation]]:
    """What says what is wrong with the input of a type of command."""
    schemas = cache(_schemas)
    return lambda kind, work: schemas().violations(kind, work)


def _schemas() -> HandlerSchemas:
    from command_api.adapters.schemas import HandlerSchemas  # noqa: PLC0415

    return HandlerSchemas()


def sweep(environ: Mapping[str, str], logger: Logger) -> Sweep:
    """The sweep's use case on AWS; each run begins with another shard."""
    from random import sample  # noqa: PLC0415

    from command_api.usecases.sweep import Sweep  # noqa: PLC0415

    return Sweep(
        store=_submissions(environ),
        outbox=_outbox(environ),
        logger=logger,
        message_life=_message_life(environ),
        order=lambda shards: sample(shards, len(shards)),
    )


def _submissions(environ: Mapping[str, str]) -> DynamoDBSubmissions:
    from command_api.adapters.dynamodb_submissions import DynamoDBSubmissions  # noqa: PLC0415

    return DynamoDBSubmissions(client("dynamodb"), *_table(environ))


def _outbox(environ: Mapping[str, str]) -> SQSOutbox:
    from command_api.adapters.outbox import SQSOutbox  # noqa: PLC0415

    queue_url = required(environ, "QUEUE_URL")
    return SQSOutbox(partial(client, "sqs"), queue_url, fair=flag(environ, "FAIR_QUEUE"))


def _store(environ: Mapping[str, str]) -> CommandStore:
    return DynamoDBCommands(client("dynamodb"), *_table(environ))


def _table(environ: Mapping[str, str]) -> tuple[str, str]:
    return required(environ, "TABLE_NAME"), required(environ, "TTL_ATTRIBUTE")


def _retention(environ: Mapping[str, str]) -> timedelta:
    return timedelta(days=int(required(environ, "RETENTION_DAYS")))


def _message_life(environ: Mapping[str, str]) -> timedelta:
    return timedelta(seconds=int(required(environ, "QUEUE_RETENTION_SECONDS")))


def _results(environ: Mapping[str, str]) -> S3Results | None:
    """No bucket means that a result must fit into its record."""
    bucket = environ.get("RESULTS_BUCKET")
    if bucket is None:
        return None
    from command_api.adapters.s3 import S3Results  # noqa: PLC0415

    seconds = int(environ.get("RESULT_URL_SECONDS", "300"))
    return S3Results(partial(client, "s3"), bucket, seconds)
