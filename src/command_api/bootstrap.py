"""The one place where adapters meet use cases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.domain.lifecycle import RetryPolicy
from command_api.settings import CancelSettings, ResultSettings, StatusSettings, WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import Logger

    from command_api.adapters.s3 import S3Results
    from command_api.domain.context import Handlers
    from command_api.domain.ports import CommandStore
    from command_api.settings import StoreSettings
    from command_api.usecases.batch import ProcessBatch
    from command_api.usecases.cancel import CancelCommand
    from command_api.usecases.status import ReadStatus


def process_batch(environ: Mapping[str, str], handlers: Handlers, logger: Logger) -> ProcessBatch:
    """The worker's use case on AWS."""
    from command_api.adapters.results import LargeResults  # noqa: PLC0415
    from command_api.adapters.secrets_manager import SecretsManager  # noqa: PLC0415
    from command_api.adapters.sqs import SQSQueue  # noqa: PLC0415
    from command_api.usecases.batch import ProcessBatch  # noqa: PLC0415
    from command_api.usecases.process import ProcessMessage  # noqa: PLC0415
    from command_api.usecases.rescue import Rescue  # noqa: PLC0415

    settings = WorkerSettings.read(environ)
    results = _results(ResultSettings.read(environ))
    store: CommandStore = _store(settings.store)
    process = ProcessMessage(
        store=LargeResults(store, results) if results else store,
        queue=SQSQueue(partial(client, "sqs"), settings.queue_url, settings.dlq_url),
        secrets=SecretsManager(partial(client, "secretsmanager"), settings.secret_prefix),
        handlers=handlers,
        default_type=settings.default_command_type,
        policy=RetryPolicy(max_attempts=settings.max_attempts),
        retention=settings.retention,
        logger=logger,
    )
    rescue = Rescue(
        store=process.store,
        queue=process.queue,
        max_receives=settings.max_receives,
        clock=process.clock,
        logger=logger,
    )
    return ProcessBatch(
        process=process, rescue=rescue, concurrency=settings.concurrency, fifo=settings.fifo
    )


def read_status(environ: Mapping[str, str]) -> ReadStatus:
    """The status function's use case on AWS."""
    from command_api.usecases.status import ReadStatus  # noqa: PLC0415

    settings = StatusSettings.read(environ)
    return ReadStatus(
        store=_store(settings.store),
        results=_results(settings.results),
        max_wait=settings.max_wait,
    )


def cancel_command(environ: Mapping[str, str]) -> CancelCommand:
    """The cancel function's use case on AWS."""
    from command_api.usecases.cancel import CancelCommand  # noqa: PLC0415

    settings = CancelSettings.read(environ)
    return CancelCommand(store=_store(settings.store), retention=settings.retention)


def _store(settings: StoreSettings) -> DynamoDBCommands:
    return DynamoDBCommands(client("dynamodb"), settings.table_name, settings.ttl_attribute)


def _results(settings: ResultSettings) -> S3Results | None:
    if settings.bucket is None:
        return None
    from command_api.adapters.s3 import S3Results  # noqa: PLC0415

    return S3Results(partial(client, "s3"), settings.bucket, settings.url_seconds)
