"""Batches out of requests: stored with their members, or opened for an upload of these."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from command_api.composition.batches import batches, files
from command_api.domain.batches import Batch
from command_api.domain.errors import DoesNotFit, Unavailable
from command_api.domain.submission import submitted
from command_api.domain.violations import Violation
from command_api.http.batches import SUBMIT, accepted, batch_id_of, no_uploads, upload_accepted
from command_api.http.members import members_of
from command_api.http.problems import Problem
from command_api.http.submissions import MANY_BYTES, invalid, json_of, refused, too_large
from command_api.http.uploads import upload_of
from command_api.settings import retention
from command_api.usecases.batches import OpenBatch, SubmitBatch
from command_api.usecases.submit import Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import JSON
    from command_api.http.origin import Origin
    from command_api.http.requests import Request
    from command_api.http.submissions import Intake
    from command_api.usecases.submit import SubmitCommands


def opened(  # noqa: PLR0913 - the request, and what the function that takes it consists of
    request: Request,
    origin: Origin,
    intake: Intake,
    submit: SubmitCommands,
    environ: Mapping[str, str],
    *,
    now: datetime,
    until: datetime,
) -> dict[str, object]:
    """Answer 202 for a batch whose members are all stored, or with where to upload them."""
    if not environ.get("BATCHES_TABLE"):
        raise Problem(404, "unknown_path", "Unknown path.")
    batch_id = batch_id_of(request)
    body = json_of(request, limit=MANY_BYTES)
    if not isinstance(body, dict):
        raise invalid([Violation((), "must be an object")])
    if "upload" in body:
        return _upload(request, body, origin, intake, environ, batch_id, now=now)
    found, follower, work = members_of(intake, request, body, batch_id, now=now)
    members = [origin.of(one) for one in found]
    if not all(submit.sender.takes(submitted(one, until=until)) for one in members):
        raise too_large()
    submit_batch = SubmitBatch(
        batches=batches(environ), submit=submit, retention=retention(environ)
    )
    listed = _listed(body, environ)
    try:
        answer = submit_batch(batch_id, members, follower, work=work, listed=listed, until=until)
    except DoesNotFit:
        raise too_large() from None
    if isinstance(answer, Refusal):
        raise refused(answer, batch_id, now=datetime.now(UTC), route=SUBMIT)
    return accepted(answer)


def _listed(body: Mapping[str, JSON], environ: Mapping[str, str]) -> bool:
    """Whether the results of a batch are to become an object; Problem where they cannot."""
    found = body.get("results", False)
    if not isinstance(found, bool):
        raise invalid([Violation(("results",), "must be true or false")])
    if found and not environ.get("BATCHES_BUCKET"):
        raise no_uploads("/results")
    return found


def _upload(  # noqa: PLR0913 - as above
    request: Request,
    body: Mapping[str, JSON],
    origin: Origin,
    intake: Intake,
    environ: Mapping[str, str],
    batch_id: str,
    *,
    now: datetime,
) -> dict[str, object]:
    """Answer 202 with where to upload the lines of a batch, until they are there."""
    bucket = files(environ)
    if bucket is None:
        raise no_uploads("/upload")
    transfer, follower, work = upload_of(request, body, intake, now=now)
    wanted = Batch(
        id=batch_id,
        total=0,
        created_at=now,
        work=work,
        purge_at=now,
        owner=request.caller.owner,
        correlation_id=origin.correlation_id,
        when=follower.when if follower else None,
        transfer=transfer,
    )
    try:
        answer = OpenBatch(batches=batches(environ))(wanted, follower, now=now)
    except DoesNotFit:
        raise too_large() from None
    except Unavailable:
        answer = Refusal(Why.NOT_STORED)
    if isinstance(answer, Refusal):
        raise refused(answer, batch_id, now=now, route=SUBMIT)
    return upload_accepted(answer, partial(bucket.upload_url, batch_id), now=now)
