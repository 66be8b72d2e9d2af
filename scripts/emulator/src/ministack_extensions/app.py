"""The ASGI app: the extensions first, the emulator for everything else.

Served by `python -m ministack_extensions PORT INSTANCE`.
"""

from __future__ import annotations

import os
from dataclasses import replace

from ministack.app import app as ministack_app

from ministack_extensions.apigateway.sockets import Sockets
from ministack_extensions.cloudfront.names import with_aws_origin
from ministack_extensions.http import (
    App,
    Receive,
    Scope,
    Send,
    read_body,
    request_head,
    write,
)
from ministack_extensions.recording import Recorder
from ministack_extensions.registry import build_extensions
from ministack_extensions.upstream import Emulator


class FrontApp:
    """Routes each request to the first extension that matches, else to the emulator."""

    def __init__(self, inner: App, host: str) -> None:
        self._inner = inner
        self._emulator = Emulator(inner, host)
        self._extensions = build_extensions()
        self._sockets = Sockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] == "websocket":
            await self._sockets.serve(scope, receive, send, self._emulator)
            return
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope, send = with_aws_origin(_over_tls(scope), send)
        request = request_head(scope)
        if (request.method, request.path) == ("POST", "/_ministack/reset"):
            self._extensions = build_extensions()
        for extension in self._extensions:
            if extension.matches(request):
                request = replace(request, body=await read_body(receive))
                await write(send, await extension.handle(request, self._emulator))
                return
        await self._inner(scope, receive, send)


def _over_tls(scope: Scope) -> Scope:
    """Let the loopback listener stand in for TLS.

    The emulator evaluates `aws:SecureTransport` from this header, and a queue policy that
    demands TLS would otherwise refuse every local client.
    """
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"x-forwarded-proto"]
    return {**scope, "headers": [*headers, (b"x-forwarded-proto", b"https")]}


app: App = FrontApp(ministack_app, f"127.0.0.1:{os.environ.get('GATEWAY_PORT', '4566')}")
if recorded := os.environ.get("RECORD_REQUESTS"):
    app = Recorder(app, recorded)
