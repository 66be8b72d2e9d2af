"""Answers that either kind of API Gateway hands on as they are."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER_STORED = "no-store"
# The names of today (RFC 9110); Python's own change with its version.
TITLES = {
    **{status.value: status.phrase for status in HTTPStatus},
    413: "Content Too Large",
    422: "Unprocessable Content",
}


def respond(
    status: int,
    body: object,
    headers: Mapping[str, str] | None = None,
    *,
    content_type: str = "application/json",
) -> dict[str, object]:
    """An answer with a JSON body, kept by no cache unless `headers` say otherwise."""
    return {
        "statusCode": status,
        "headers": {
            "content-type": content_type,
            "cache-control": NEVER_STORED,
            **(headers or {}),
        },
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    }


def not_modified(headers: Mapping[str, str]) -> dict[str, object]:
    """What the client has is what it would get."""
    return {"statusCode": int(HTTPStatus.NOT_MODIFIED), "headers": dict(headers), "body": ""}


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


def matches(if_none_match: str | None, etag: str | None) -> bool:
    """Whether a client that sends this If-None-Match has that version already.

    Compared weakly: https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
    """
    if etag is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known
