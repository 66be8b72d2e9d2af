"""Serves the page on loopback until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import TYPE_CHECKING, Any, cast

import click
from hypercorn.asyncio import serve
from hypercorn.config import Config

from scripts import interrupts
from scripts.errors import OperatorError
from scripts.local.dashboard.app import Dashboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypercorn.typing import ASGIFramework

    from scripts.local.dashboard.deployed import Finder

HOST = "127.0.0.1"
GRACE_SECONDS = 0.5


def run(find: Finder, port: int | None, ready: Callable[[str], None]) -> None:
    """Serve on this port (None: any free one) until Ctrl-C; `ready` hears the URL.

    A redrive that is under way is ended as Ctrl-C ends `scripts.dlq`.
    """
    listener = _listening(port)
    app = Dashboard(find, listener.getsockname()[1])
    try:
        asyncio.run(_serve(app, listener, ready))
    finally:
        # A second to complete its step, and one to release what it hides.
        if command := app.redriving.end(2 * interrupts.GRACE_SECONDS):
            click.echo(f"redrive interrupted; no message is lost. To continue: {command}", err=True)


async def _serve(app: Dashboard, listener: socket.socket, ready: Callable[[str], None]) -> None:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # hypercorn closes it
    config.graceful_timeout = GRACE_SECONDS
    config.loglevel = "WARNING"
    config.include_date_header = False  # each answer has its own
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_unless_cancelled)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    async def shutdown() -> None:
        await stopped.wait()
        app.redriving.end(0)

    ready(f"http://{HOST}:{app.port}/")
    await serve(cast("ASGIFramework", app), config, shutdown_trigger=shutdown)


def _unless_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Until Python 3.12, a connection that is open at the end is reported with a traceback.
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


def _listening(port: int | None) -> socket.socket:
    """A socket of our own: nobody else can take a free port between finding and using it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port or 0))
        listener.listen()
    except OSError as error:
        listener.close()
        raise OperatorError(
            f"cannot listen on {HOST}:{port} ({error.strerror}); pass another --page-port, or"
            " omit it to use a free port"
        ) from None
    return listener
