"""Requests and responses as values, and their way in and out of ASGI."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    `path` is decoded and `raw_path` is not; header names are in lower case; `body` is empty until
    it has been read.
    """

    method: str
    path: str
    raw_path: bytes
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the header's value; several lines are joined with commas."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class Response:
    """One HTTP response; header names are in lower case."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def json_response(
    status: int, document: object, content_type: str = "application/json"
) -> Response:
    """Return a response with a JSON body."""
    return Response(status, (("content-type", content_type),), json.dumps(document).encode())


def request_head(scope: Scope) -> Request:
    """Return the request without its body."""
    return Request(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope.get("raw_path") or b"",
        headers=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        ),
    )


async def read_body(receive: Receive) -> bytes:
    """Return everything that the client sends."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(chunks)


async def write(send: Send, response: Response) -> None:
    """Send the response with its content length and the date."""
    own = (("date", formatdate(usegmt=True)), ("content-length", str(len(response.body))))
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in (*response.headers, *own)
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
