"""Batches whose commands are the lines of an object: what clients ask for, and each of the lines.

The object goes to S3 by a presigned URL, which is good for these bytes alone: their number and
their hash are signed. https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain.access import Caller
from command_api.domain.batches import MOST_BYTES, Transfer
from command_api.domain.errors import MESSAGE_LENGTH, Rejected
from command_api.domain.message import read_json
from command_api.domain.model import Failure
from command_api.domain.violations import UNKNOWN_FIELD, Violation
from command_api.domain.work import fingerprint
from command_api.http.batches import SUBMIT
from command_api.http.members import follower_of, member_of
from command_api.http.problems import Problem
from command_api.http.requests import Request
from command_api.http.submissions import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from command_api.domain.batches import Batch, Follower
    from command_api.domain.model import JSON, Submission
    from command_api.http.submissions import Intake

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def upload_of(
    request: Request, body: Mapping[str, JSON], intake: Intake, *, now: datetime
) -> tuple[Transfer, Follower | None, str]:
    """The upload that a request asks for, what follows it, and a hash of both; Problem 422."""
    found = body["upload"]
    named = found if isinstance(found, dict) else {}
    violations = [*_violations(body, named)]
    if violations:
        raise invalid(violations)
    follower = follower_of(intake, request, body["then"], now) if "then" in body else None
    transfer = Transfer(size=int(str(named["bytes"])), digest=str(named["sha256"]))
    return transfer, follower, fingerprint("batch", body)


def _violations(body: Mapping[str, JSON], named: Mapping[str, JSON]) -> Iterator[Violation]:
    for name in sorted(set(body) - {"upload", "then"}):
        yield Violation((name,), UNKNOWN_FIELD)
    for name in sorted(set(named) - {"bytes", "sha256"}):
        yield Violation(("upload", name), UNKNOWN_FIELD)
    size, digest = named.get("bytes"), named.get("sha256")
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_BYTES:
        yield Violation(("upload", "bytes"), f"must be a whole number from 1 to {MOST_BYTES}")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        yield Violation(("upload", "sha256"), "must be 64 lowercase hexadecimal digits")


def command_of_line(
    intake: Intake, line: bytes, batch: Batch, number: int, now: datetime
) -> Submission | Failure:
    """The command of a line, whose number is from 1, or why it is none."""
    # The line is a request's command, of whoever has submitted the batch.
    request = Request(
        route=SUBMIT, path={}, query={}, headers={}, body=b"", caller=Caller(owner=batch.owner)
    )
    if not line.strip():
        return _failure("The line is empty.")
    try:
        made = member_of(intake, request, batch.id, number, read_json(line.decode()), (), now=now)
    except (UnicodeDecodeError, Rejected):
        return _failure("The line is not valid JSON.")
    except Problem as problem:
        return _failure(_text(problem))
    return replace(made, correlation_id=batch.correlation_id)


def _text(problem: Problem) -> str:
    errors = problem.members.get("errors")
    if not isinstance(errors, list):
        return problem.detail
    return "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors)


def _failure(message: str) -> Failure:
    return Failure(code="invalid_line", message=message[:MESSAGE_LENGTH], retryable=False)
