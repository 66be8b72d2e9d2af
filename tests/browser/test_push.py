"""The client's package in a page: changes over a WebSocket, and polling without."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.clients.node import application
from tests.clients.sockets import scripted_sockets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.long

WATCH = """
async (push) => {
  const { Commands } = await import("/dist/index.js");
  const commands = new Commands(new URL("/commands", location.href).href, { push: { url: push } });
  const statuses = [];
  for await (const state of commands.watch("a", { timeout: 20 })) statuses.push(state.status);
  return statuses;
}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the package as it is installed."""
    home = application(tmp_path_factory.mktemp("page")).folder
    return home / "node_modules" / "command-client"


@contextmanager
def serving(package: Path, *statuses: str, retry_after: str) -> Iterator[tuple[str, list[str]]]:
    """A page and an API that gives these statuses, the last for ever: the URL, what it is asked.

    Both are on this machine, or Chromium would keep the page from the WebSocket there.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/dist/"):
                self._answer("text/javascript", (package / self.path[1:]).read_text())
            elif self.path.startswith("/commands/"):
                status = statuses[min(len(asked), len(statuses) - 1)]
                asked.append(self.path)
                command = {"id": "a", "type": "echo", "status": status}
                self._answer("application/json", json.dumps(command))
            else:
                self._answer("text/html", "<!doctype html>")

        def _answer(self, kind: str, body: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.send_header("retry-after", retry_after)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_page_hears_of_the_end(page: Page, package: Path) -> None:
    """Once, through a connection that is lost, and without asking again while it was open."""
    message = json.dumps({"commands": [{"id": "a", "type": "echo", "status": "COMPLETED"}]})
    with (
        serving(package, "PENDING", retry_after="30") as (url, asked),
        scripted_sockets() as sockets,
    ):
        push = sockets.gives(lambda number, _: (None,) if number == 1 else (message, message))
        page.goto(url)

        assert page.evaluate(WATCH, push) == ["PENDING", "COMPLETED"]
    assert len(sockets.opened) == 2
    assert len(asked) == 1


def test_a_page_without_a_connection_polls(page: Page, package: Path) -> None:
    """As often as the API asks for."""
    with serving(package, "PENDING", "COMPLETED", retry_after="1") as (url, asked):
        page.goto(url)

        assert page.evaluate(WATCH, "ws://127.0.0.1:9/v1") == ["PENDING", "COMPLETED"]
    assert len(asked) == 2
