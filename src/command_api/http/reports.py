"""Reports on a command that was handed over: from a request to what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_api.domain.errors import CODE_LENGTH, MESSAGE_LENGTH
from command_api.domain.hand_over import Outcome, Report
from command_api.domain.message import beyond_limits
from command_api.domain.model import Failure, Status
from command_api.domain.progress import reported
from command_api.domain.violations import UNKNOWN_FIELD, Violation, pointer
from command_api.http.problems import Problem
from command_api.http.submissions import MANY_BYTES, json_of
from command_api.http.view import handed_over_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from command_api.domain.model import Command, Progress
    from command_api.domain.violations import Path
    from command_api.http.requests import Request

_BEARER = re.compile(r"bearer +([A-Za-z0-9_-]{16,128})", re.ASCII | re.IGNORECASE)
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{CODE_LENGTH - 1}}}", re.ASCII)
_FIELDS = {
    Status.COMPLETED: {"status", "result"},
    Status.FAILED: {"status", "error"},
    Status.CANCELLED: {"status"},
}


def bearer(request: Request) -> str:
    """The token of a request; Problem 401 where there is none.

    https://www.rfc-editor.org/rfc/rfc6750
    """
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        raise unauthorized("Missing token: send the header Authorization: Bearer <token>.", "")
    return found[1]


def unauthorized(detail: str, error: str = ' error="invalid_token"') -> Problem:
    """The problem of a request whose token gives no right."""
    challenge = {"www-authenticate": f"Bearer{error}"}
    return Problem(401, "invalid_token", detail, headers=challenge)


def report_of(request: Request, *, now: datetime) -> Report:
    """What a request reports; Problem where that is nothing."""
    body = json_of(request, limit=MANY_BYTES)
    if not isinstance(body, dict):
        raise invalid([Violation((), "must be an object")])
    if unfit := beyond_limits(body):
        raise invalid([unfit])
    if "progress" in body:
        _only(body, {"progress"}, ())
        return Report(progress=_progress(body["progress"], now))
    status = body.get("status")
    if not isinstance(status, str) or status not in _FIELDS:
        detail = f"must be one of {', '.join(_FIELDS)}, or `progress` must be there instead"
        raise invalid([Violation(("status",), detail)])
    _only(body, _FIELDS[Status(status)], ())
    if status == Status.FAILED:
        return Report(outcome=Outcome(failure=_failure(body.get("error"))))
    if status == Status.CANCELLED:
        return Report(outcome=Outcome(stopped=True))
    return Report(outcome=Outcome(result=body.get("result")))


def answer(command: Command) -> dict[str, object]:
    """What a reporter is told: CANCELLING asks it to stop."""
    given = handed_over_of(command)
    told: dict[str, object] = {"id": command.id, "status": command.status}
    return told | ({"handedOver": given} if given else {})


def invalid(violations: Iterable[Violation]) -> Problem:
    """The body is JSON, but no report."""
    errors = [{"pointer": pointer(one.path), "detail": one.detail} for one in violations]
    return Problem(422, "invalid_report", "The report is invalid; see `errors`.", errors=errors)


def _progress(found: object, now: datetime) -> Progress:
    at: Path = ("progress",)
    if not isinstance(found, dict):
        raise invalid([Violation(at, "must be an object")])
    _only(found, {"share", "note"}, at)
    share, note = found.get("share"), found.get("note", "")
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise invalid([Violation((*at, "share"), "must be a number from 0 to 1")])
    if not isinstance(note, str):
        raise invalid([Violation((*at, "note"), "must be a string")])
    try:
        return reported(share, note, at=now)
    except ValueError as error:
        raise invalid([Violation(at, str(error))]) from None


def _failure(found: object) -> Failure:
    at: Path = ("error",)
    if not isinstance(found, dict):
        raise invalid([Violation(at, "must be an object")])
    _only(found, {"code", "message", "retryable"}, at)
    code, message, retryable = found.get("code"), found.get("message"), found.get("retryable")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise invalid([Violation((*at, "code"), "must be in snake_case, of 1-64 characters")])
    if not isinstance(message, str) or len(message) > MESSAGE_LENGTH:
        raise invalid([Violation((*at, "message"), f"must have up to {MESSAGE_LENGTH} characters")])
    if not isinstance(retryable, bool | None):
        raise invalid([Violation((*at, "retryable"), "must be true or false")])
    return Failure(code=code, message=message, retryable=bool(retryable))


def _only(found: Mapping[str, object], known: set[str], at: Path) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise invalid(Violation((*at, name), UNKNOWN_FIELD) for name in unknown[:20])
