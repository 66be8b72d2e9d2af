"""What an answer of the API means: a command, a refusal, or a reason to ask again later."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from command_api.domain.model import Status
from command_api.domain.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_client.command import Command
    from command_client.transport import Answer

# A command that has not ended is asked for again after that, unless the API says otherwise.
PAUSE_SECONDS = 1.0
# Whatever Retry-After says, so that a typing error in a proxy does not stop a client for a day.
MOST_RETRY_AFTER_SECONDS = 60.0
# How often what failed for the time being is sent again, and the wait in between.
RETRIES = RetryPolicy(max_attempts=4, base_seconds=1.0, cap_seconds=10.0)

_STATUSES = frozenset(status.value for status in Status)
_TEXT_LENGTH, _MOST_ERRORS = 300, 5


class Refused(Exception):
    """The API answered something that asking again would not change.

    `status` is the HTTP status. `title`, `detail`, `code` and `errors` are those of the problem
    document, empty where there is none. Each of the `errors` has a JSON `pointer` and a `detail`.
    """

    def __init__(
        self,
        status: int,
        *,
        title: str = "",
        detail: str = "",
        code: str = "",
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.code = code
        self.errors = errors
        super().__init__(self._text())

    def _text(self) -> str:
        name = self.title or _phrase(self.status)
        text = f"the API answered {self.status} {name}".rstrip()
        detail = self.detail if self.detail != name else ""
        detail = detail or _hint(self.status)
        text += f": {detail}" if detail else ""
        shown = [f"{one['pointer']} {one['detail']}".strip() for one in self.errors[:_MOST_ERRORS]]
        more = len(self.errors) - len(shown)
        shown += [f"{more} more"] if more else []
        return text + (f" ({'; '.join(shown)})" if shown else "")


def refused(answer: Answer) -> Refused:
    """An answer as an error, with whatever it says of itself."""
    said = document(answer)
    errors = said.get("errors")
    return Refused(
        answer.status,
        title=_line(said.get("title")),
        # API Gateway's own form is {"message": "..."}.
        detail=_line(said.get("detail") or said.get("message")),
        code=_line(said.get("code")),
        errors=[
            {"pointer": _line(one.get("pointer")), "detail": _line(one.get("detail"))}
            for one in (errors if isinstance(errors, list) else [])
            if isinstance(one, dict)
        ],
    )


def command_of(answer: Answer, status: int = HTTPStatus.OK) -> Command:
    """The command that an answer shows; Refused where it shows none, or has another status."""
    if answer.status != status:
        raise refused(answer)
    said = document(answer)
    if said.get("status") not in _STATUSES:
        raise Refused(
            answer.status,
            detail="the response is not a command; check the URL (a proxy or another server may"
            " have answered)",
        )
    return cast("Command", said)


def passes(status: int) -> bool:
    """True where the same request may be answered differently later."""
    busy = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in busy


def may_appear(answer: Answer) -> bool:
    """True for a 404 of a command that may still be queued.

    With direct submission the record is written by the worker's first attempt. The API says so in
    a problem document; API Gateway has another form for a path that leads nowhere.
    """
    if answer.status != HTTPStatus.NOT_FOUND:
        return False
    said = document(answer)
    return "retry-after" in answer.headers or "detail" in said or "title" in said


def retry_after(answer: Answer, *, now: datetime | None = None) -> float:
    """Seconds that Retry-After asks for, as a number or a date; 0 where it is neither or past."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        wanted = float(asked)
    else:
        try:
            at = parsedate_to_datetime(asked)
            at = at.replace(tzinfo=at.tzinfo or UTC)
            wanted = (at - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, OverflowError):
            return 0.0
    return min(max(wanted, 0.0), MOST_RETRY_AFTER_SECONDS)


def backoff(answer: Answer | None, failures: int) -> float:
    """Seconds to wait after that many failures in a row, never fewer than Retry-After asks for."""
    # A spread, so that the clients of an API that was away do not all come back at once.
    own = RETRIES.delay(failures, spread=random.random())  # noqa: S311 - no secret
    return max(own, retry_after(answer) if answer else 0.0)


def document(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; empty where it has none."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _line(text: object) -> str:
    """Text of others, fit for one line of a terminal."""
    if not isinstance(text, str):
        return ""
    folded = " ".join(text[: 4 * _TEXT_LENGTH].split())
    return "".join(filter(str.isprintable, folded))[:_TEXT_LENGTH]


def _hint(status: int) -> str:
    """The remedy where an answer names none."""
    if status == HTTPStatus.NOT_FOUND:
        return "check the URL"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirects are not followed; check the URL"
    return ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
