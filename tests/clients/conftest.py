"""The clients as packages, and an API that answers as it is told."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.node import Application, application

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class ScriptedApi:
    """An API that gives these answers, the last one for ever: status, headers and body.

    No status means that the connection is closed without an answer.
    """

    url: str = ""
    answers: list[tuple[int | None, dict[str, str], str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def gives(self, *answers: tuple[int | None, dict[str, str], str]) -> str:
        """Take the answers of a test, and return the endpoint."""
        self.answers, self.asked = list(answers), []
        return self.url


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application with the TypeScript client."""
    return application(tmp_path_factory.mktemp("typescript"))


@pytest.fixture(scope="module")
def api() -> Iterator[ScriptedApi]:
    """An API on this machine."""
    scripted = ScriptedApi()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            scripted.asked.append(
                {"line": f"{self.command} {self.path}", "body": body, "headers": headers}
            )
            answers = scripted.answers
            status, told, text = answers.pop(0) if len(answers) > 1 else answers[0]
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"content-length": str(len(text.encode())), **told}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_DELETE = do_GET = do_POST = do_PUT = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    scripted.url = f"http://127.0.0.1:{server.server_port}/commands"
    try:
        yield scripted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shown(
    status: str, attempts: int = 0, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """A command in that status."""
    command = {"id": "a=", "type": "echo", "status": status, "attempts": attempts}
    return 200, headers or {}, json.dumps(command)
