"""Answers of an HTTP API's Lambda integration, payload format 2.0."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER_STORED = "no-store"


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
    status: int, detail: str, *, retry_after: int | None = None, **members: str
) -> dict[str, object]:
    """An error as a problem document (RFC 9457), with members of our own.

    `retry_after` is in seconds.
    """
    document = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **members}
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return respond(status, document, headers, content_type="application/problem+json")


def matches(if_none_match: str | None, etag: str | None) -> bool:
    """Whether a client that sends this If-None-Match has that version already.

    Compared weakly: https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
    """
    if etag is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known
