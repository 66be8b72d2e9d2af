"""A web server on this machine whose pages a test decides."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Page:
    """One answer; ``promised`` is a Content-Length that may be a lie."""

    body: bytes = b""
    status: int = 200
    promised: int | None = None


@dataclass
class Web:
    """Put pages in, read which paths were asked for."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port of the loopback, and yield the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def website() -> Iterator[Web]:
    """A web site without pages."""
    site = Web(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            page = site.pages.get(self.path, Page(status=404))
            self.send_response(page.status)
            self.send_header("Content-Length", str(page.promised or len(page.body)))
            self.end_headers()
            # A client that has seen enough closes the connection.
            with contextlib.suppress(ConnectionError):
                self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as site.url:
        yield site
