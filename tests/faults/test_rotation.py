"""A rotation under load, on the local stack: the real zip, mapping, secret and operator's tool."""

from __future__ import annotations

import io
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.prove.gateways import grant
from scripts.secrets import __main__ as tool
from tests.faults.direct import DirectStage
from tests.faults.package import package
from tests.faults.scenarios import Planned
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from scripts.stack.stack import LocalStack
    from tests.faults.ground import Ground

PREFIX, SECRET = "/rotation/", "partner"
GOES_ON = 30


class Partner(ThreadingHTTPServer):
    """A third party on this machine that knows some credentials."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), PartnerHandler)
        self.valid = {"old"}
        self.said: Counter[tuple[str, int]] = Counter()
        self.lock = threading.Lock()


class PartnerHandler(BaseHTTPRequestHandler):
    """Where it answers."""

    server: Partner

    def do_GET(self) -> None:
        """200 for whoever has a valid credential, 401 for everybody else."""
        credential = self.headers["authorization"]
        with self.server.lock:
            status = 200 if credential in self.server.valid else 401
            self.server.said[credential, status] += 1
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not on the test's standard error."""


@dataclass
class Load(DirectStage):
    """A worker of its own, whose commands all ask the partner."""

    partner: Partner = field(default_factory=Partner)
    sent: list[Planned] = field(default_factory=list)
    left: int = -1

    @contextmanager
    def goes_on(self) -> Iterator[None]:
        """Submit commands one after the other, and answer them."""
        done = threading.Event()
        threads = [
            threading.Thread(target=self.partner.serve_forever, daemon=True),
            threading.Thread(target=self._submit, args=(done,)),
        ]
        for thread in threads:
            thread.start()
        self.start()
        try:
            yield
        finally:
            done.set()
            threads[1].join()
            self.left = self.drain()
            self.partner.shutdown()
            self.partner.server_close()

    def some_more(self, credential: str) -> None:
        """Wait until the partner has accepted so many more with this credential."""
        before = self.partner.said[credential, 200]
        eventually(lambda: self.partner.said[credential, 200] >= before + GOES_ON, seconds=60)

    def ended(self) -> Counter[str]:
        """How many commands have which status."""
        rows = self.client("dynamodb").scan(TableName=self.table)["Items"]
        return Counter(row["status"]["S"] for row in rows)

    def _submit(self, done: threading.Event) -> None:
        while not done.wait(0.05):
            number = len(self.sent)
            self.sent += self.send([Planned(f"r-{number}", "plain", "{}")])

    def _allow_more(self, role: str) -> None:
        secrets = f"arn:aws:secretsmanager:*:*:secret:{PREFIX}*"
        grant(self.scene, role, "secretsmanager:GetSecretValue", secrets)

    def _variables(self) -> dict[str, str]:
        partner = f"http://127.0.0.1:{self.partner.server_port}/"
        return {**super()._variables(), "SECRET_PREFIX": PREFIX, "PARTNER": partner}


def test_a_rotation_under_load_fails_no_command(
    stack: LocalStack,
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Old, then both, then the new one only, while every worker's cache still holds the old."""
    for name, value in stack.environ.items():
        monkeypatch.setenv(name, value)
    code = package(Path(__file__).with_name("partner.py"))
    with ground.scene() as scene:
        _rotated(Load(ground, scene, code, 0, 0.0), monkeypatch, capsys)


def _rotated(
    load: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load.client("secretsmanager").create_secret(Name=PREFIX + SECRET, SecretString="old")
    with load.goes_on():
        load.some_more("old")
        load.partner.valid.add("new")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"new")))
        code = tool.main(["rotate", SECRET, "--prefix", PREFIX])
        assert code == 0, capsys.readouterr()
        load.some_more("old")
        load.partner.valid.discard("old")
        load.some_more("new")
    ended, dead = load.ended(), load.depth(load.dlq)
    assert load.partner.said["old", 401] > 0, "nobody was refused: this proves nothing"
    assert load.partner.said["new", 401] == 0
    assert (load.left, dead, ended) == (0, 0, {"COMPLETED": len(load.sent)})
