"""A receiver of webhooks on this machine: it verifies each call, and tells of it once."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from scripts.notifications import webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_BODY = 256 * 1024


class Receiver(ThreadingHTTPServer):
    """Listens on a port of the loopback; port 0 is any free one, and `OSError` says it is taken.

    Calls wait until `start` brings the key that they are signed with.
    """

    daemon_threads = True

    def __init__(self, port: int, say: Callable[[str], object]) -> None:
        super().__init__(("127.0.0.1", port), _Call)
        self.say = say
        self.key = ""
        self._told: set[str] = set()
        self._news = threading.Condition()
        self._serving = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://localhost:{self.server_port}/webhooks"

    def start(self, key: str) -> None:
        """Answer calls."""
        self.key = key
        self._serving.start()

    def __exit__(self, *_: object) -> None:
        """Stop, whether it was started or not."""
        if self._serving.is_alive():
            self.shutdown()
        self.server_close()

    def __enter__(self) -> Self:
        """The receiver."""
        return self

    def hear(self, webhook_id: str, line: str) -> None:
        """Tell of a call, unless it is a repeat."""
        with self._news:
            if webhook_id not in self._told:
                self.say(line)
            self._told.add(webhook_id)
            self._news.notify_all()

    def heard(self, number: int, *, seconds: float) -> bool:
        """Wait for so many different calls; False where they do not come in time."""
        with self._news:
            return self._news.wait_for(lambda: len(self._told) >= number, seconds)


class _Call(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Answer 204 to what the environment has signed, 400 to anything else."""
        length = self.headers.get("content-length", "")
        body = self.rfile.read(min(int(length), _LONGEST_BODY) if length.isdigit() else 0)
        try:
            event = webhooks.verify_webhook(body, dict(self.headers.items()), self.server.key)
        except webhooks.InvalidWebhook as error:
            self.server.say(f"Webhook:  refused, {error}")
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        data, webhook_id = event["data"], self.headers["webhook-id"]
        about = f"{data['commandId']} {data['type']} {data['status']}"
        self.server.hear(webhook_id, f"Webhook:  {about}, signature verified, id {webhook_id[:8]}…")
        self._answer(HTTPStatus.NO_CONTENT)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the demo's output to the demo."""
