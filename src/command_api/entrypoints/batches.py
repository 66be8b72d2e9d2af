"""The batches function: `GET` and `DELETE /batches/{id}` in, the batch and its counts out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.composition.batches import batches, files, transferring
from command_api.composition.commands import commands
from command_api.composition.scheduling import schedules
from command_api.domain.errors import Unidentified, Unknown
from command_api.domain.model import ID_PATTERN
from command_api.http.batches import CANCEL, UNKNOWN, shown
from command_api.http.problems import problem, unidentified
from command_api.http.requests import access_of, read
from command_api.settings import retention
from command_api.usecases.batches import CancelBatch, CancelMembers, ReadBatch
from command_api.usecases.report import trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request

logger = structured_logger()
access = access_of(os.environ)
read_batch = ReadBatch(batches=batches(os.environ))
cancel_batch = CancelBatch(
    read=read_batch,
    cancel=CancelMembers(
        store=commands(os.environ),
        retention=retention(os.environ),
        schedules=schedules(os.environ),
    ),
    transfer=transferring(os.environ),
)


def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the batch, or with a problem document."""
    try:
        return _answer(read(event, access))
    except Unidentified:
        return unidentified()


def _answer(request: Request) -> dict[str, object]:
    batch_id = request.path.get("id", "")
    if not ID_PATTERN.fullmatch(batch_id):
        return problem(404, "batch_not_found", UNKNOWN)
    if request.query:
        return problem(400, "invalid_query", "Batches take no query parameters.")
    act = cancel_batch if request.route == CANCEL else read_batch
    try:
        found = act(batch_id, caller=request.caller)
    except Unknown:
        return problem(404, "batch_not_found", UNKNOWN)
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        extra = {"batch_id": batch_id, **trouble(error)}
        logger.error("batch unavailable", extra=extra)  # noqa: TRY400 - the text may quote input
        detail = "The batch is unavailable. Try again later."
        return problem(503, "service_unavailable", detail, retry_after=2)
    if found.batch is None:
        return problem(404, "batch_not_found", UNKNOWN)
    # Only a batch with results needs the client that signs their URL.
    bucket = files(os.environ) if found.batch.transfer else None
    url = bucket.results_url if bucket else None
    return shown(found.batch, found, now=datetime.now(UTC), results_url=url)
