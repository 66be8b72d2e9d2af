"""The dashboard hears of changes over a WebSocket, and asks as always while that is away."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.clients.sockets import scripted_sockets
from tests.scripts.local.dashboard.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

STARTED = "2030-01-02T03:04:05.000Z"


@dataclass
class Stack:
    """A dashboard about one command: its URL, the command's status, how often it was asked."""

    push_url: str
    url: str = ""
    status: str = "PROCESSING"
    asked: int = 0
    site: Site = field(default_factory=Site)

    def state(self) -> dict[str, Any]:
        """What the dashboard's server would tell."""
        self.asked += 1
        command = {"id": "a", "type": "echo", "status": self.status, "attempts": 1}
        command |= {"maxAttempts": 3, "createdAt": STARTED, "updatedAt": STARTED, "error": None}
        command |= {"history": [], "cancellable": False, "redrivable": False}
        return {
            "version": "1",
            "now": STARTED,
            "environment": "dev",
            "pushUrl": self.push_url,
            "api": {"endpoint": "http://x/", "requests": 0, "clientErrors": 0, "serverErrors": 0},
            "queue": {"name": "q", "waiting": 0, "taken": 0},
            "worker": {"name": "w", "paused": False, "cap": None, "problem": ""},
            "table": {"name": "t", "read": 1, "whole": True, "counts": {self.status: 1}},
            "dlq": {"name": "d", "messages": 0, "redrivable": 0},
            "commands": [command],
            "redrive": {"number": 0, "running": False, "said": [], "error": ""},
        }


@contextmanager
def showing(push_url: str) -> Iterator[Stack]:
    """The page and its policies as the dashboard serves them, with a state of ours."""
    stack = Stack(push_url)
    stack.site.deploy()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = stack.site.ask("GET", self.path, headers={"host": self.headers["host"]})
            state = self.path == "/api/state"
            body = json.dumps(stack.state()).encode() if state else answer.body
            self.send_response(200 if state else answer.status)
            for name, value in answer.headers:
                if name not in ("content-length", "date"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stack.site.server.port = server.server_port
        stack.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stack
        finally:
            server.shutdown()
            thread.join()


def told(status: str) -> str:
    """A message about the command."""
    return json.dumps({"commands": [{"id": "a", "type": "echo", "status": status}]})


def opened(page: Page, stack: Stack, *, by_itself: bool) -> None:
    """Open the page; only `by_itself` does it ask once a second."""
    if not by_itself:
        page.add_init_script(
            "const own = setTimeout; window.setTimeout = (act, ms, ...more) =>"
            " ms >= 1000 ? 0 : own(act, ms, ...more);"
        )
    page.goto(stack.url)
    expect(page.locator("#rows .status")).to_have_text("PROCESSING")


def test_a_pushed_change_is_seen_at_once(page: Page) -> None:
    """Messages that come together are one question."""
    ends = threading.Event()

    def answer(_number: int, _said: Any) -> tuple[str, ...]:
        assert ends.wait(30)
        return told("PROCESSING"), told("COMPLETED")

    with scripted_sockets() as sockets, showing(sockets.gives(answer)) as stack:
        opened(page, stack, by_itself=False)
        before, stack.status = stack.asked, "COMPLETED"
        ends.set()
        expect(page.locator("#rows .status")).to_have_text("COMPLETED")
        assert stack.asked == before + 1
        assert sockets.asked == [{"watch": ["a"]}]


def test_a_connection_that_drops_is_opened_again(page: Page) -> None:
    """What happened meanwhile is told by the new one."""

    def answer(number: int, _said: Any) -> tuple[str | None, ...]:
        if number == 1:
            return told("PROCESSING"), None
        stack.status = "COMPLETED"
        return (told("COMPLETED"),)

    with scripted_sockets() as sockets, showing(sockets.gives(answer)) as stack:
        opened(page, stack, by_itself=False)
        expect(page.locator("#rows .status")).to_have_text("COMPLETED")
        assert sockets.asked == 2 * [{"watch": ["a"]}]


def test_the_page_says_that_changes_are_pushed(page: Page) -> None:
    """While the connection tells them."""
    with (
        scripted_sockets() as sockets,
        showing(sockets.gives(lambda *_: (told("PROCESSING"),))) as stack,
    ):
        opened(page, stack, by_itself=True)
        expect(page.locator("#pulse")).to_have_text("Live, pushed")


@pytest.mark.parametrize("push_url", ["", "ws://127.0.0.1:9/v1"])
def test_without_a_connection_the_page_asks_as_always(page: Page, push_url: str) -> None:
    """Whether push is off or away."""
    with showing(push_url) as stack:
        opened(page, stack, by_itself=True)
        expect(page.locator("#pulse")).to_have_text("Live")
        stack.status = "COMPLETED"
        expect(page.locator("#rows .status")).to_have_text("COMPLETED")
