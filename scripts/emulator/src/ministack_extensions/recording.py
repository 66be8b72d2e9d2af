"""Writes down every AWS request: one JSON object a line, in the file that RECORD_REQUESTS names.

Only for tests, which hold the requests to AWS's own models. Neither signatures nor session tokens
are written.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import request_head
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import App, Message, Receive, Scope, Send

_SECRET = {"authorization", "x-amz-security-token"}


class Recorder:
    """The app inside, with every signed request noted once it is answered."""

    def __init__(self, inner: App, path: str) -> None:
        self._inner = inner
        self._path = Path(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] != "http" or not signed_for(request_head(scope))[1]:
            await self._inner(scope, receive, send)
            return
        body = bytearray()
        status = 0

        async def heard() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def said(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._inner(scope, heard, said)
        finally:
            self._note(scope, bytes(body), status)

    def _note(self, scope: Scope, body: bytes, status: int) -> None:
        request = request_head(scope)
        region, service = signed_for(request)
        entry: dict[str, Any] = {
            "service": service,
            "region": region,
            "method": request.method,
            "path": (request.raw_path.decode("latin-1") or request.path).partition("?")[0],
            "query": request.query,
            "headers": {name: value for name, value in request.headers if name not in _SECRET},
            "body": base64.b64encode(body).decode(),
            "status": status,
        }
        with self._path.open("a") as log:
            log.write(json.dumps(entry) + "\n")
