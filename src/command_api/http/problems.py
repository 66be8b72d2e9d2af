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


# Identifies the kind of problem, with `code` at its end; it is a name and not an address.
# https://www.rfc-editor.org/rfc/rfc9457#section-3.1.1
TYPE = "urn:problem-type:command-api:"


class Problem(Exception):
    """The request is refused: answer with a problem document (RFC 9457).

    `code` is stable and machine-readable; `detail` is for people and may change.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.headers = headers or {}
        self.members = members

    def answer(self) -> dict[str, object]:
        """The problem as the answer to a request."""
        return problem(
            self.status,
            self.code,
            self.detail,
            retry_after=self.retry_after,
            headers=self.headers,
            **self.members,
        )

    def item(self) -> dict[str, object]:
        """The problem as the result for one command of a batch; `retryAfter` is in seconds."""
        later = {} if self.retry_after is None else {"retryAfter": self.retry_after}
        return problem_document(self.status, self.code, self.detail, **later, **self.members)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> dict[str, object]:
    """Answer with a problem document (RFC 9457) and extension members; `retry_after` in seconds."""
    document = problem_document(status, code, detail, **members)
    later = {"retry-after": str(retry_after)} if retry_after is not None else {}
    told = {**(headers or {}), **later}
    return respond(status, document, told, content_type="application/problem+json")


def problem_document(status: int, code: str, detail: str, **members: object) -> dict[str, object]:
    """Return the body of a problem document."""
    return {
        "type": f"{TYPE}{code}",
        "title": TITLES.get(status, ""),
        "status": status,
        "code": code,
        "detail": detail,
        **members,
    }


def unidentified() -> dict[str, object]:
    """Answer a request without an owner that API Gateway let through: its route is misconfigured.

    https://www.rfc-editor.org/rfc/rfc6750#section-3
    """
    return problem(
        401,
        "missing_subject",
        "Missing or invalid token: the claim `sub` is required.",
        headers={"www-authenticate": 'Bearer error="invalid_token"'},
    )
