"""One request and its answer, over a connection to an address that was checked."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, parse_headers
from threading import Timer
from typing import TYPE_CHECKING

from command_api.domain.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.webhooks.destination import Destination

CONNECT_SECONDS = 3.0
# An answer's body is of no use to us; reading some of it lets a polite server finish.
_MAX_BODY = 16 * 1024
_INTERIM, _SUCCESS = 100, 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    retry_after: str | None


def post(
    destination: Destination,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
) -> Answer:
    """Send the request, and be done with it within `seconds`, however slow the other side is.

    Redirects are not followed, and no proxy of the environment is used. Retryable where there
    is no answer; whether the request arrived is unknown then.
    """
    connection = _Pinned(destination, addresses, seconds)
    # A socket's timeout starts anew with every byte, so that a server could hold us for hours.
    watchdog = Timer(seconds, connection.abort)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", destination.target, body=body, headers=dict(headers))
        response = connection.getresponse()
        answer = Answer(response.status, response.getheader("Retry-After"))
        _finish(response)
    except ssl.SSLCertVerificationError:
        text = "The URL's host does not present a valid certificate."
        raise Retryable(text, code="webhook_certificate") from None
    except (OSError, HTTPException):
        text = "The URL's host is unreachable or did not answer in time."
        raise Retryable(text, code="webhook_unreachable") from None
    else:
        return answer
    finally:
        watchdog.cancel()
        connection.close()


def _finish(response: HTTPResponse) -> None:
    try:
        response.read(_MAX_BODY)
    except (OSError, HTTPException):
        return  # the status has come, and is all that counts


@cache
def tls_context() -> ssl.SSLContext:
    """What verifies certificates and names; loading the authorities is worth doing once."""
    return ssl.create_default_context()


class _Final(HTTPResponse):
    """An answer without the interim ones before it, of which http.client knows only 100.

    https://www.rfc-editor.org/rfc/rfc9110#section-15.2
    """

    def _read_status(self) -> tuple[str, int, str]:
        # The watchdog ends a server that goes on with them.
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not _INTERIM <= status < _SUCCESS or status == HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            parse_headers(self.fp)


class _Pinned(HTTPConnection):
    """A connection to given addresses, in the name of the destination's host.

    The Host header, SNI and the check of the certificate all use the name; only where the
    connection goes is settled.
    """

    response_class = _Final

    def __init__(self, to: Destination, addresses: Sequence[str], seconds: float) -> None:
        self.default_port = 443 if to.tls else 80
        super().__init__(to.host, to.port)
        self._tls, self._addresses = to.tls, addresses
        self._ends = time.monotonic() + seconds

    def connect(self) -> None:
        """Connect to the first address that answers."""
        self.sock = self._connected()
        self.sock.settimeout(self._left())
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            self.sock = tls_context().wrap_socket(self.sock, server_hostname=self.host)
            # The watchdog cannot reach a socket in its handshake, so it may have barked in vain.
            self.sock.settimeout(self._left())

    def abort(self) -> None:
        """End whatever is going on with the connection, from another thread."""
        if self.sock is not None:
            try:
                # Not the method of the TLS socket, which another thread may be reading from.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return  # closed already

    def _connected(self) -> socket.socket:
        for address in self._addresses[:-1]:
            try:
                return self._open(address)
            except OSError:
                continue
        return self._open(self._addresses[-1])

    def _open(self, address: str) -> socket.socket:
        timeout = min(CONNECT_SECONDS, self._left())
        return socket.create_connection((address, self.port), timeout)

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
