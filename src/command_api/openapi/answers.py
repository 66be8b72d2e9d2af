"""Answers and their headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.description import ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from command_api.openapi.description import Description, Node

PROBLEM = "application/problem+json"
_TITLES = {
    400: "The request is not as it should be.",
    401: "There is no valid token, or it does not say whose it is.",
    403: "The caller may not do this.",
    404: "There is no such command, for this caller: unknown, still queued, or past its time.",
    405: "With owners, the API chooses ids.",
    409: "Not in this state, which `commandStatus` may name; or the id stands for something else.",
    413: "The body is too large.",
    415: "The body must be JSON in UTF-8.",
    422: "The command is not valid, or its key stands for another one already.",
    429: "Too many requests.",
    500: "An error of the API's own.",
    502: "An error of the API's own.",
    503: "Try again after a while.",
    504: "An error of the API's own.",
}
_BAD_REQUEST = 400
# What has a Retry-After at least some of the time.
_LATER = {404, 409, 429, 503}


def headers() -> Node:
    """All named headers."""
    return {
        "Location": _header("Where to ask for the command.", format="uri-reference"),
        "RetryAfter": _header("Seconds until it makes sense to ask again.", pattern="^[0-9]+$"),
        "CommandId": _header("The command's id."),
        "CorrelationId": _header("What the logs call the request."),
        "ETag": _header("The version of what is shown, for If-None-Match."),
        "CacheControl": _header("Who may keep the answer, and for how long."),
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
