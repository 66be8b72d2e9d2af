"""A batch as clients see it, and the problems of requests for one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.batches import UPLOAD_URL_SECONDS, Counts, State, ends_at
from command_api.domain.json_text import moment
from command_api.http.idempotency import HEADER, id_of, key_of
from command_api.http.origin import HEADER as CORRELATION
from command_api.http.problems import Problem
from command_api.http.responses import respond

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from command_api.domain.batches import Batch, Found, Transfer
    from command_api.http.requests import Request

SUBMIT, SHOW, CANCEL = "POST /batches", "GET /batches/{id}", "DELETE /batches/{id}"
UNKNOWN = "The batch does not exist."
# Seconds until a client should ask again.
_SOONEST, _LATEST = 1, 30


def batch_id_of(request: Request) -> str:
    """The id of a batch, by its key: without one, a request could not be repeated."""
    header = request.headers.get(HEADER)
    if header is None:
        raise Problem(
            400,
            "idempotency_key_required",
            "POST /batches requires the header Idempotency-Key, for example "
            'Idempotency-Key: "import-2026-11-29". Repeat a request with the same key.',
        )
    return id_of(key_of(header), request.caller, SUBMIT)


def accepted(batch: Batch) -> dict[str, object]:
    """Answer 202: the same to a request that is repeated."""
    shown = {
        "id": batch.id,
        "status": "RUNNING",
        "total": batch.total,
        "createdAt": moment(batch.created_at),
    }
    named = {CORRELATION: batch.correlation_id or batch.id, "retry-after": str(_SOONEST)}
    return respond(202, shown, {"location": f"batches/{batch.id}", **named})


def upload_accepted(
    batch: Batch, url: Callable[[Transfer], tuple[str, dict[str, str]]], *, now: datetime
) -> dict[str, object]:
    """Answer 202: with a new URL for as long as nothing was uploaded."""
    state = batch.state(Counts())
    body: dict[str, object] = {
        "id": batch.id,
        "status": state,
        "total": batch.total,
        "createdAt": moment(batch.created_at),
    }
    if state is State.UPLOADING and batch.transfer is not None:
        where, headers = url(batch.transfer)
        until = moment(now + timedelta(seconds=UPLOAD_URL_SECONDS))
        body["upload"] = {"method": "PUT", "url": where, "headers": headers, "expiresAt": until}
    named = {CORRELATION: batch.correlation_id or batch.id, "retry-after": str(_SOONEST)}
    return respond(202, body, {"location": f"batches/{batch.id}", **named})


def no_uploads(pointer: str) -> Problem:
    """The problem of a request that needs the bucket of batches, where there is none."""
    errors = [{"pointer": f"#{pointer}", "detail": "uploads are disabled in this environment"}]
    return Problem(422, "invalid_batch", "The batch is invalid; see `errors`.", errors=errors)


def shown(
    batch: Batch, found: Found, *, now: datetime, results_url: Callable[[str], str] | None = None
) -> dict[str, object]:
    """Answer 200 with the batch and its counts."""
    counts = found.counts
    ended = batch.ended(counts)
    waiting = batch.total - counts.ended - counts.processing
    body: dict[str, object] = {
        "id": batch.id,
        "status": batch.state(counts),
        "total": batch.total,
        "counts": {"pending": max(0, waiting), **counts._asdict()},
        "share": batch.share(counts),
        "createdAt": moment(batch.created_at),
    }
    if batch.uploads and batch.transfer is not None:
        body["upload"] = {"bytes": batch.transfer.size, "submitted": batch.transfer.offset}
    if results_url is not None and batch.transfer is not None and batch.transfer.written:
        body["resultsUrl"] = results_url(batch.id)
    if batch.ended_at is not None and ended:
        body["endedAt"] = moment(batch.ended_at)
    if (estimate := ends_at(batch, counts, now=now)) is not None:
        body["estimatedEndAt"] = moment(estimate)
    if batch.cancel_requested_at is not None:
        body["cancelRequestedAt"] = moment(batch.cancel_requested_at)
    if batch.when is not None:
        body["then"] = {
            "when": batch.when,
            "id": batch.follower_id,
            "sent": bool(batch.followed_at),
        }
    age = (now - batch.created_at).total_seconds()
    pause = int(min(_LATEST, max(_SOONEST, age / 4)))
    return respond(200, body, {} if ended else {"retry-after": str(pause)})
