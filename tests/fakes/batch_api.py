"""An API with batches on this machine, and the bucket that it signs URLs for."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "cancelled": 0}


@dataclass
class BatchApi:
    """Batches by their keys; `closes` is how many uploads are broken off."""

    url: str = ""
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploaded: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    closes: int = 0
    put_status: int = 200
    results: bytes = b'{"line":1}\n'

    def post(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a batch."""
        known = self.batches.setdefault(key, {"id": f"key-{key}", "total": 0, "body": body})
        if known["body"] != body:
            reused = {"code": "idempotency_key_reused", "detail": "used with a different request"}
            return 422, {"title": "Unprocessable", **reused}
        if "uploaded" in known:
            return 202, {"id": known["id"], "status": "SUBMITTING", "total": 1}
        headers = {"content-type": "application/jsonl"}
        place = {"method": "PUT", "url": f"{self.url}/put?key={key}", "headers": headers}
        return 202, {"id": known["id"], "status": "UPLOADING", "total": 0, "upload": place}

    def put(self, key: str, content: bytes) -> int:
        """Take a file, if it is the one that was signed."""
        known, upload = self.batches[key], self.batches[key]["body"]["upload"]
        right = (upload["bytes"], upload["sha256"])
        if (len(content), sha256(content).hexdigest()) != right:
            return 400
        if self.put_status == 200:
            self.uploaded.append(content)
            known["uploaded"] = True
        return self.put_status

    def shown(self, batch_id: str) -> dict[str, Any] | None:
        """A batch that has run."""
        known = self.batches.get(batch_id.removeprefix("key-"))
        if known is None:
            return None
        if "uploaded" not in known:
            return {"id": batch_id, "status": "UPLOADING", "total": 0, "share": 0, "counts": COUNTS}
        total = known["body"]["upload"].get("lines", 1)
        return {
            "id": batch_id,
            "status": "ENDED",
            "total": total,
            "share": 1,
            "counts": {**COUNTS, "completed": total, **known.get("counts", {})},
            "resultsUrl": f"{self.url}/results",
        }


@contextmanager
def serving() -> Iterator[BatchApi]:
    """The API, as long as it is used."""
    api = BatchApi()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: object = None) -> None:
            text = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self._note()
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._answer(*api.post(self.headers["idempotency-key"], body))

        def do_PUT(self) -> None:
            self._note()
            if api.closes:
                api.closes -= 1
                self.close_connection = True
                return
            content = self.rfile.read(int(self.headers["content-length"]))
            self._answer(api.put(self.path.partition("key=")[2], content))

        def do_GET(self) -> None:
            self._note()
            if self.path == "/results":
                self._answer(200, api.results)
                return
            found = api.shown(self.path.rpartition("/")[2])
            gone = {"title": "Not Found", "detail": "The batch does not exist."}
            self._answer(*((404, gone) if found is None else (200, found)))

        do_DELETE = do_GET  # noqa: N815 - http.server's name

        def _note(self) -> None:
            api.asked.append(f"{self.command} {self.path}")
            api.headers = {name.lower(): value for name, value in self.headers.items()}

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
