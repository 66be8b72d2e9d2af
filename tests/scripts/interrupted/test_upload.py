"""Ctrl-C while a file is uploaded as one batch."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from tests.scripts.interrupted.process import MOST_SECONDS, Ended, interrupt, started, wait_for
from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = 20_000
PART = 65_536


@dataclass
class SlowBucket:
    """An API that hands out URLs, and a bucket that takes the half of the first upload."""

    url: str = ""
    keys: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    objects: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(bucket: SlowBucket) -> Iterator[SlowBucket]:
    """Both on one free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            bucket.keys.append(self.headers["idempotency-key"])
            digest = json.loads(body)["upload"]["sha256"]
            place = {"method": "PUT", "url": f"{bucket.url}/up?secret={digest}", "headers": {}}
            shown = {"id": "key-1", "status": "UPLOADING", "total": 0, "upload": place}
            self._answer(202, json.dumps(shown).encode())

        def do_PUT(self) -> None:
            bucket.begun.append(self.path)
            left, taken = int(self.headers["content-length"]), b""
            half = left // 2 if len(bucket.begun) == 1 else 0
            while left > half and (some := self.rfile.read(min(PART, left - half))):
                taken, left = taken + some, left - len(some)
            if half:
                bucket.closing.wait()
                return
            bucket.objects.append(taken)
            self._answer(200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as bucket.url:
        try:
            yield bucket
        finally:
            bucket.closing.set()


def test_an_interrupted_upload_is_the_same_batch_once_more(tmp_path: Path) -> None:
    """It ends at once, and the next run sends the whole file under the same key."""
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f'{{"type": "echo", "input": {{"n": {n}}}}}\n' for n in range(LINES)))
    words = ("-m", "scripts.batches", "submit", str(path), "--endpoint")
    with serve(SlowBucket()) as bucket:
        with started(*words, f"{bucket.url}/commands") as process:
            wait_for(process, lambda: bool(bucket.begun))
            ended = interrupt(process)
        assert (ended.code, ended.out, bucket.objects) == (130, "", [])
        assert "interrupted; run the same command again: nothing runs twice" in ended.err
        assert "secret" not in ended.err
        assert ended.seconds < MOST_SECONDS, ended
        with started(*words, f"{bucket.url}/commands") as process:
            out, err = process.communicate(timeout=60)
        again = Ended(process.returncode, out, err, 0)
        assert (again.code, again.out) == (0, "key-1\n"), again
        assert len(set(bucket.keys)) == 1
        assert bucket.objects == [path.read_bytes()]
        assert bucket.begun[-1].endswith(sha256(path.read_bytes()).hexdigest())
