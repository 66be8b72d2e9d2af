"""One HTTP request to a commands API, on a connection of its own."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORTS = {"http": http.client.HTTP_PORT, "https": http.client.HTTPS_PORT}


class InvalidEndpoint(ValueError):
    """The endpoint cannot be asked: no URL, or one that says what a request cannot carry."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}; the endpoint must be a URL like https://api.example.com/commands"
        )


class Unreachable(Exception):
    """No answer came.

    `permanent` is True where waiting rarely helps: a host name that does not resolve, or TLS that
    cannot be agreed on.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status code, headers by their names in lower case, and the body's text."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def json(self) -> Any:  # noqa: ANN401 - whatever the server says
        """The body read as JSON; ValueError or RecursionError where it is not."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL that was checked, in the parts that a connection takes."""

    secure: bool
    host: str
    port: int
    path: str


def endpoint_of(url: str) -> Endpoint:
    """The parts of a URL; InvalidEndpoint says what is wrong and never quotes it."""
    # urlsplit drops line breaks and tabs in silence.
    if not url.isprintable() or " " in url:
        raise InvalidEndpoint("the URL contains a space or a control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii")
    except ValueError:
        raise InvalidEndpoint("the host or the port of the URL is malformed") from None
    if parts.scheme not in _PORTS:
        raise InvalidEndpoint("the URL does not begin with https:// or http://")
    if not host:
        raise InvalidEndpoint("the URL has no host")
    if port == 0:
        raise InvalidEndpoint("the port must not be 0")
    if "@" in parts.netloc:
        raise InvalidEndpoint("the URL contains a user name, which is not supported")
    if parts.query or parts.fragment or not parts.path.isascii():
        raise InvalidEndpoint("the URL has a query, a fragment or a non-ASCII path")
    return Endpoint(parts.scheme == "https", host, port or _PORTS[parts.scheme], parts.path)


def request(
    endpoint: Endpoint,
    method: str,
    path: str,
    *,
    seconds: float,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to one request below an endpoint; Unreachable where none came.

    `seconds` is the patience with each read and write. ValueError where a header cannot be sent.
    """
    for name, value in (headers or {}).items():
        if not value.isprintable():
            # http.client's own error would quote the value, which may be a token.
            raise ValueError(f"the header {name} contains a line break or a control character")
    kind = http.client.HTTPSConnection if endpoint.secure else http.client.HTTPConnection
    connection = kind(endpoint.host, endpoint.port, timeout=seconds)
    try:
        connection.request(method, endpoint.path + path, body, dict(headers or {}))
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, text)
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(error, endpoint.host, seconds) from error
    finally:
        connection.close()


def _unreachable(error: Exception, host: str, seconds: float) -> Unreachable:
    match error:
        case socket.gaierror():
            return Unreachable(f"the host name {host} does not resolve", permanent=True)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            reason = "the connection was closed during TLS"
        case ssl.SSLCertVerificationError():
            said = error.verify_message
            return Unreachable(f"the TLS certificate was rejected: {said}", permanent=True)
        case ssl.SSLError():
            return Unreachable(
                f"TLS failed ({error.reason}); check that the server supports HTTPS", permanent=True
            )
        case TimeoutError():
            reason = f"no response within {seconds:.0f} seconds"
        case OSError():
            reason = error.strerror or str(error) or type(error).__name__
        case _:
            reason = "the connection was closed, or the response is not HTTP"
    return Unreachable(reason)
