"""The batches of an environment, for the functions that submit, count and show them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.batches import DynamoDBBatches
from command_api.settings import required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from command_api.adapters.s3_batches import S3BatchFiles


def batches(environ: Mapping[str, str]) -> DynamoDBBatches:
    """The table of batches."""
    return DynamoDBBatches(client("dynamodb"), required(environ, "BATCHES_TABLE"))


def files(environ: Mapping[str, str]) -> S3BatchFiles | None:
    """The bucket for uploads and results; None where there are no uploads."""
    bucket = environ.get("BATCHES_BUCKET")
    if not bucket:
        return None
    from command_api.adapters.s3_batches import (  # noqa: PLC0415 - only where there is a bucket
        S3BatchFiles,
    )

    seconds = int(environ.get("RESULT_URL_SECONDS", "300"))
    return S3BatchFiles(partial(client, "s3"), bucket, seconds)


def transferring(environ: Mapping[str, str]) -> Callable[[str], None]:
    """Has something done for a batch in slices; nothing where there are no uploads."""
    url = environ.get("TRANSFERS_URL")
    if not url:
        return lambda _: None
    from command_api.adapters.sqs.transfers import (  # noqa: PLC0415 - only where there is one
        TransferQueue,
    )

    return TransferQueue(partial(client, "sqs"), url).put
