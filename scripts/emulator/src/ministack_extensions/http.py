"""Requests and responses as values, and their way in and out of ASGI."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One HTTP request: decoded path, raw query string, lower-case header names, whole body."""

    method: str
    path: str
    headers: Headers = ()
    query: str = ""
    body: bytes = b""
    raw_path: bytes = b""
    client: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        """The header's value; several lines are joined with commas, as API Gateway joins them."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ",".join(values) if values else None

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; anything else counts as an empty one."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    def form(self) -> dict[str, str]:
        """The body as a form, the way of the AWS query protocol."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """One HTTP response."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def header(self, name: str) -> str | None:
        """The header's first value."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def with_header(self, name: str, value: str) -> Response:
        """The same response with the header set once."""
        rest = tuple(pair for pair in self.headers if pair[0] != name.lower())
        return replace(self, headers=(*rest, (name.lower(), value)))

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; anything else counts as an empty one."""
        return Request("GET", "/", body=self.body).json()


def json_response(
    status: int, document: object, content_type: str = "application/json"
) -> Response:
    """A JSON answer."""
    return Response(status, (("content-type", content_type),), json.dumps(document).encode())


def request_head(scope: Scope) -> Request:
    """The request without its body, which is enough to say who handles it."""
    return Request(
        method=scope["method"],
        path=scope["path"],
        headers=tuple(_decoded(scope["headers"])),
        query=scope.get("query_string", b"").decode("latin-1"),
        raw_path=scope.get("raw_path") or b"",
        client=(scope.get("client") or ("127.0.0.1",))[0],
    )


def request_scope(request: Request) -> Scope:
    """The ASGI scope of a request that never was on a wire."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers
        if name != "content-length"
    ]
    headers.append((b"content-length", str(len(request.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.raw_path or request.path.encode(),
        "query_string": request.query.encode("latin-1"),
        "headers": headers,
        "client": (request.client, 0),
        "server": ("127.0.0.1", 0),
    }


async def read_body(receive: Receive) -> bytes:
    """Everything that the client sends."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(chunks)


async def write(send: Send, response: Response) -> None:
    """Send the response with its own content length, and with a date as AWS does."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
        if name != "content-length"
    ]
    if response.header("date") is None:
        headers.append((b"date", formatdate(usegmt=True).encode()))
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def lower_headers(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """ASGI header pairs as text with lower-case names."""
    return tuple(_decoded(headers))


def header_pairs(headers: Mapping[str, str]) -> Headers:
    """A mapping as header pairs with lower-case names."""
    return tuple((name.lower(), value) for name, value in headers.items())


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    return ((key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in headers)
