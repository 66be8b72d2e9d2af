"""The HTTP client that the demo, the tests and the CLIs share."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator


class ApiStub(BaseHTTPRequestHandler):
    """Takes every command but those under the id `full`, and echoes the path."""

    def do_PUT(self) -> None:
        """Answer 202, or 503."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(503 if self.path.endswith("/full") else 202)
        self.send_header("X-Path", self.path)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An API on a free port."""
    server = HTTPServer(("127.0.0.1", 0), ApiStub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/commands"
    server.shutdown()
    thread.join()
    server.server_close()


def test_nobody_there_is_one_line() -> None:
    """A refused connection says what to run."""
    with pytest.raises(OperatorError, match="is it deployed"):
        CommandsApi("http://127.0.0.1:9/commands").get("c-1")


def test_a_command_that_is_not_taken_is_an_error(endpoint: str) -> None:
    """Anything but 202 is told."""
    with pytest.raises(OperatorError, match="503"):
        CommandsApi(endpoint).submit("echo", {}, "full")


def test_ids_are_escaped_in_the_path(endpoint: str) -> None:
    """No id can leave its place in the path."""
    answer = CommandsApi(endpoint).put("../a b=", "{}")
    assert answer.headers["x-path"] == "/commands/..%2Fa%20b%3D"
