"""The one place where adapters meet use cases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.domain.lifecycle import RetryPolicy
from command_api.settings import StoreSettings, WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import Logger

    from command_api.domain.context import Handler
    from command_api.usecases.process import ProcessMessage
    from command_api.usecases.status import ReadStatus


def process_message(
    environ: Mapping[str, str], handlers: Mapping[str, Handler], logger: Logger
) -> ProcessMessage:
    """The worker's use case on AWS."""
    from command_api.adapters.secrets_manager import SecretsManager  # noqa: PLC0415
    from command_api.adapters.sqs import SQSQueue  # noqa: PLC0415
    from command_api.usecases.process import ProcessMessage  # noqa: PLC0415

    settings = WorkerSettings.read(environ)
    return ProcessMessage(
        store=_store(settings.store),
        queue=SQSQueue(partial(client, "sqs"), settings.queue_url),
        secrets=SecretsManager(partial(client, "secretsmanager"), settings.secret_prefix),
        handlers=handlers,
        default_type=settings.default_command_type,
        policy=RetryPolicy(max_attempts=settings.max_attempts),
        retention=settings.retention,
        logger=logger,
    )


def read_status(environ: Mapping[str, str]) -> ReadStatus:
    """The status function's use case on AWS."""
    from command_api.usecases.status import ReadStatus  # noqa: PLC0415

    return ReadStatus(store=_store(StoreSettings.read(environ)))


def _store(settings: StoreSettings) -> DynamoDBCommands:
    return DynamoDBCommands(client("dynamodb"), settings.table_name, settings.ttl_attribute)
