"""Answers that either kind of API Gateway hands on as they are."""

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


def matches(if_none_match: str | None, etag: str | None) -> bool:
    """Whether a client that sends this If-None-Match has that version already.

    Compared weakly: https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
    """
    if etag is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known
