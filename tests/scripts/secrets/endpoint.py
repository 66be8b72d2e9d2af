"""A stand-in for Secrets Manager over HTTP, for what happens between client and network."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Endpoint:
    """Answers by operation; ``calls`` are operation, body and Authorization header as received."""

    url: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)


@contextlib.contextmanager
def secrets_manager() -> Iterator[Endpoint]:
    """Serve on the loopback."""
    endpoint = Endpoint(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.calls.append((operation, body, self.headers["Authorization"]))
            answer = json.dumps(endpoint.answers[operation]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as endpoint.url:
        yield endpoint
