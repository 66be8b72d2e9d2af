"""Answers and their headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.description import ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from command_api.openapi.description import Description, Node

PROBLEM = "application/problem+json"
_TITLES = {
    400: "Malformed request.",
    401: "Missing or invalid token.",
    403: "The caller is not authorized for this operation.",
    404: "Command not found: unknown, still queued, expired, or owned by another caller.",
    405: "Client-chosen ids are disabled.",
    409: "Conflict with the command's current state (see `commandStatus`), or the id is in use.",
    413: "Body too large.",
    415: "The body is not JSON in UTF-8.",
    422: "Invalid command (see `errors`), or the Idempotency-Key is in use for another request.",
    429: "Too many requests.",
    500: "Internal error.",
    502: "Bad gateway.",
    503: "Temporarily unavailable; try again later.",
    504: "Gateway timeout.",
}
_BAD_REQUEST = 400
# What has a Retry-After at least some of the time.
_LATER = {404, 409, 429, 503}


def headers() -> Node:
    """All named headers."""
    return {
        "Location": _header("URL of the command, relative to the request.", format="uri-reference"),
        "RetryAfter": _header("Seconds to wait before the next request.", pattern="^[0-9]+$"),
        "CommandId": _header("Id of the command."),
        "CorrelationId": _header("Correlation id of the request in the logs."),
        "ETag": _header("Version of the representation, for If-None-Match."),
        "CacheControl": _header("Caching rules for the response."),
    }


def told(*names: str) -> Node:
    """Headers of an answer; they may be missing where a gateway answers."""
    known = {
        "location": "Location",
        "retry-after": "RetryAfter",
        "x-command-id": "CommandId",
        "x-correlation-id": "CorrelationId",
        "etag": "ETag",
        "cache-control": "CacheControl",
    }
    return {name: ref("headers", known[name]) for name in names}


def json_answer(description: str, schema: Node, *names: str, example: object = None) -> Node:
    """An answer with a JSON body."""
    content: Node = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {
        "description": description,
        "headers": told(*names),
        "content": {"application/json": content},
    }


def refusals(described: Description, statuses: Iterable[int]) -> Node:
    """The refusals of an operation by status, and those that any operation may meet."""
    everywhere = {429, 500, 503} | ({502, 504} if described.rest else {504})
    if described.mode != "none" or described.rest:
        everywhere |= {403}
    if described.mode != "none":
        everywhere |= {401}
    return {str(status): _refusal(described, status) for status in sorted({*statuses} | everywhere)}


def _refusal(described: Description, status: int) -> Node:
    content = {PROBLEM: {"schema": ref("schemas", "Problem")}}
    if described.api_mode == "direct" and status == _BAD_REQUEST:
        # What the queue itself refuses comes in its own words.
        content["text/xml"] = {}
    # What an HTTP API refuses before anybody is asked has a form of its own.
    if not described.rest:
        content["application/json"] = {"schema": ref("schemas", "Message")}
    answer: Node = {"description": _TITLES[status], "content": content}
    if status in _LATER:
        answer["headers"] = told("retry-after")
    return answer


def _header(description: str, **schema: str) -> Node:
    return {"description": description, "schema": {"type": "string", **schema}}
