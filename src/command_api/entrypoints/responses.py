"""Answers of an HTTP API's Lambda integration, payload format 2.0."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def respond(
    status: int,
    body: object,
    headers: Mapping[str, str] | None = None,
    *,
    content_type: str = "application/json",
) -> dict[str, object]:
    """An answer with a JSON body."""
    return {
        "statusCode": status,
        "headers": {"content-type": content_type, "cache-control": "no-store", **(headers or {})},
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    }


def problem(status: int, detail: str, *, retry_after: int | None = None) -> dict[str, object]:
    """An error as a problem document (RFC 9457); `retry_after` in seconds."""
    document = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return respond(status, document, headers, content_type="application/problem+json")
