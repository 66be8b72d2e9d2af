"""The stored commands and what goes with them, for the functions that read or run commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.settings import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.adapters.s3 import S3Results
    from command_api.domain.ports import CommandStore, Meter


def commands(environ: Mapping[str, str]) -> DynamoDBCommands:
    """The table of commands."""
    return DynamoDBCommands(client("dynamodb"), *table(environ))


def store(environ: Mapping[str, str]) -> CommandStore:
    """The table of commands, for whoever ends them: large results go to the bucket."""
    table_of_commands, bucket = commands(environ), results(environ)
    if bucket is None:
        return table_of_commands
    from command_api.adapters.s3 import LargeResults  # noqa: PLC0415 - only where there is a bucket

    return LargeResults(table_of_commands, bucket)


def results(environ: Mapping[str, str]) -> S3Results | None:
    """No bucket means that a result must fit into its record."""
    bucket = environ.get("RESULTS_BUCKET")
    if bucket is None:
        return None
    from command_api.adapters.s3 import S3Results  # noqa: PLC0415 - only where there is a bucket

    seconds = int(environ.get("RESULT_URL_SECONDS", "300"))
    return S3Results(partial(client, "s3"), bucket, seconds)


def meter(environ: Mapping[str, str]) -> Meter:
    """No namespace means that nothing is measured."""
    namespace = environ.get("METRICS_NAMESPACE")
    if not namespace:
        return lambda *_: None
    from command_api.adapters.cloudwatch.metrics import (  # noqa: PLC0415 - only where asked for
        embedded_metrics,
    )

    return embedded_metrics(namespace, environ.get("POWERTOOLS_SERVICE_NAME", "unknown"))
