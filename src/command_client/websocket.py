"""A WebSocket client of the standard library: texts both ways, over TLS or not.

https://www.rfc-editor.org/rfc/rfc6455; no extensions, and no message above the size that API
Gateway sends.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
import struct
import time
from typing import Self
from urllib.parse import urlsplit

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x8, 0x9, 0xA
_FIN, _MASKED = 0x80, 0x80
_MOST_BYTES = 1 << 20
_MOST_HEADER = 1 << 16
# Lengths of 126 and 127 say that a longer one follows, in two bytes or eight.
_SHORT, _LONG = 126, 127
_SWITCHING = 101


class Closed(OSError):
    """The connection is over; `code` is the status of its end, 1006 where there was none."""

    def __init__(self, code: int = 1006) -> None:
        super().__init__(f"the connection was closed ({code})")
        self.code = code


class NotOpened(OSError):
    """The server did not open a connection; `status` is what it answered, 0 for something else."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status or 'no WebSocket'}")
        self.status = status


class WebSocket:
    """One open connection; leaving the context closes it."""

    def __init__(self, url: str, *, seconds: float) -> None:
        """Connect within so many seconds; NotOpened, or any OSError, where that fails."""
        parts = urlsplit(url)
        secure = parts.scheme == "wss"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._buffer = bytearray()
        self._message = bytearray()
        plain = socket.create_connection((host, port), timeout=seconds)
        try:
            if secure:
                context = ssl.create_default_context()
                plain = context.wrap_socket(plain, server_hostname=host)
            self._socket = plain
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            self._open(target, parts.netloc.rpartition("@")[2])
        except BaseException:
            plain.close()
            raise

    def __enter__(self) -> Self:
        """The connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, without waiting for the other side."""
        try:
            self._send(_CLOSE, struct.pack("!H", 1000))
        except OSError:
            pass
        finally:
            self._socket.close()

    def send(self, text: str) -> None:
        """Send a message."""
        self._send(_TEXT, text.encode())

    def receive(self, seconds: float) -> str | None:
        """The next message, None where none came in time; Closed at the end."""
        end = time.monotonic() + seconds
        while True:
            if (frame := self._frame()) is None:
                if not self._read(end - time.monotonic()):
                    return None
                continue
            final, kind, payload = frame
            if kind == _CLOSE:
                raise Closed(int.from_bytes(payload[:2]) or 1005)
            if kind == _PING:
                self._send(_PONG, payload)
            if kind in (_TEXT, _CONTINUATION):
                self._message += payload
                if len(self._message) > _MOST_BYTES:
                    raise Closed
                if final:
                    text = self._message.decode(errors="replace")
                    self._message.clear()
                    return text

    def _open(self, target: str, host: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _MOST_HEADER or not (read := self._socket.recv(4096)):
                raise NotOpened(0)
            self._buffer += read
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        first, *fields = head.decode("latin-1").split("\r\n")
        status = first.split(" ")[1] if first.startswith("HTTP/1.1 ") else "0"
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (field.partition(":") for field in fields)
        }
        wanted = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()  # noqa: S324 - the protocol's
        if status != str(_SWITCHING) or headers.get("sec-websocket-accept") != wanted:
            raise NotOpened(int(status) if status.isdigit() and status != str(_SWITCHING) else 0)

    def _read(self, seconds: float) -> bool:
        """Read what there is; False where nothing came in time."""
        if seconds <= 0:
            return False
        self._socket.settimeout(seconds)
        try:
            read = self._socket.recv(32 * 1024)
        except TimeoutError:
            return False
        if not read:
            raise Closed
        self._buffer += read
        return True

    def _frame(self) -> tuple[bool, int, bytes] | None:
        """The next whole frame that was read."""
        start, found = 2, self._buffer
        if len(found) < start:
            return None
        length = found[1] & ~_MASKED
        if length >= _SHORT:
            start = 4 if length == _SHORT else 10
            length = int.from_bytes(found[2:start])
            if len(found) < start:
                return None
        if length > _MOST_BYTES:
            raise Closed
        if len(found) < start + length:
            return None
        frame = bool(found[0] & _FIN), found[0] & 0xF, bytes(found[start : start + length])
        del found[: start + length]
        return frame

    def _send(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < _SHORT:
            head = bytes([_FIN | kind, _MASKED | size])
        elif size < 1 << 16:
            head = bytes([_FIN | kind, _MASKED | _SHORT]) + struct.pack("!H", size)
        else:
            head = bytes([_FIN | kind, _MASKED | _LONG]) + struct.pack("!Q", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self._socket.settimeout(10)
        self._socket.sendall(head + mask + masked)
