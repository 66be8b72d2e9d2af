"""Problem documents (RFC 9457): requests that are refused, and answers that did not come about."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from command_api.http.responses import respond

if TYPE_CHECKING:
    from collections.abc import Mapping

# The names of today (RFC 9110); Python's own change with its version.
TITLES = {
    **{status.value: status.phrase for status in HTTPStatus},
    413: "Content Too Large",
    422: "Unprocessable Content",
}


class Problem(Exception):
    """The request is refused: answer with a problem document (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.headers = headers or {}
        self.members = members

    def answer(self) -> dict[str, object]:
        """The problem as the answer to a request."""
        return problem(
            self.status,
            self.detail,
            retry_after=self.retry_after,
            headers=self.headers,
            **self.members,
        )

    def item(self) -> dict[str, object]:
        """The problem as what is said of one command among many; `retryAfter` is in seconds."""
        later = {} if self.retry_after is None else {"retryAfter": self.retry_after}
        return problem_document(self.status, self.detail, **later, **self.members)


def problem(
    status: int,
    detail: str,
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> dict[str, object]:
    """An error as a problem document (RFC 9457), with members of our own.

    `retry_after` is in seconds.
    """
    document = problem_document(status, detail, **members)
    later = {"retry-after": str(retry_after)} if retry_after is not None else {}
    told = {**(headers or {}), **later}
    return respond(status, document, told, content_type="application/problem+json")


def problem_document(status: int, detail: str, **members: object) -> dict[str, object]:
    """The body of such an error."""
    return {"title": TITLES.get(status, ""), "status": status, "detail": detail, **members}


def unidentified() -> dict[str, object]:
    """The API Gateway let a request through that names no owner: its route is not as it should be.

    https://www.rfc-editor.org/rfc/rfc6750#section-3
    """
    return problem(
        401,
        "This API is for requests with a token that says whose they are (claim sub).",
        headers={"www-authenticate": 'Bearer error="invalid_token"'},
    )
