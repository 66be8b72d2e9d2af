"""Ctrl-C in `make demo` once everything is deployed."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from tests.scripts.interrupted.process import (
    MOST_SECONDS,
    TIMES,
    Ended,
    interrupt,
    later,
    started,
    wait_for,
)
from tests.scripts.web import serving

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

SEEDING = """
import sys
from scripts.local import __main__ as tool

tool.deploy = lambda *_: {"secret_names": {"token": "/dev/token"}}
sys.exit(tool.main(["--port", sys.argv[1], "--state-dir", sys.argv[2], "demo"]))
"""
FOLLOWING = """
import sys
from types import SimpleNamespace
from scripts.local import __main__ as tool

empty = {"Attributes": {"ApproximateNumberOfMessages": "0"}}
key = {"webhook-signing-key": "acme-dev-webhook-signing-key"}
tool.deploy = lambda *_: {
    "commands_endpoint": sys.argv[1], "sqs_dlq_url": "", "secret_names": key,
}
tool.seed = lambda *_: None
tool.webhooks.empty_secrets = lambda *_: {}
tool.webhooks.signing_key = lambda *_: "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
tool.sqs_client = lambda _: SimpleNamespace(get_queue_attributes=lambda **_: empty)
sys.exit(tool.main(["--state-dir", sys.argv[2], "demo", *sys.argv[3:]]))
"""


@pytest.fixture(autouse=True)
def no_port_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each message ends with it."""
    monkeypatch.delenv("LOCAL_PORT", raising=False)


def pressed(process: subprocess.Popen[str], state_dir: Path) -> Ended:
    """Press Ctrl-C after another moment each time; the lock is free in the end."""
    later()
    ended = interrupt(process)
    assert ended.code == 130, ended
    assert ended.seconds < MOST_SECONDS
    assert not state_dir.with_name("stack.lock").exists()
    return ended


@pytest.mark.parametrize("_", range(TIMES))
def test_seeding_ends(tmp_path: Path, _: int) -> None:
    """Secrets Manager has taken the connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        silent.settimeout(30)
        with started("-c", SEEDING, port, str(tmp_path / "stack")) as process:
            connection, _address = silent.accept()
            with connection:
                ended = pressed(process, tmp_path / "stack")
    said = f"Interrupted while seeding secrets. Run: make demo LOCAL_PORT={port}"
    assert ended.err.strip() == said


@pytest.mark.parametrize(("options", "again"), [((), ""), (("--webhooks",), " WEBHOOKS=1")])
@pytest.mark.parametrize("_", range(TIMES))
def test_following_ends_and_the_commands_go_on(
    tmp_path: Path, options: tuple[str, ...], again: str, _: int
) -> None:
    """They are in the queue, and nobody has to wait for them; nor for a receiver's thread."""
    asked: list[str] = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            self.send_response(202)
            self.send_header("x-command-id", "c-1")
            self.end_headers()

        do_PUT = do_POST  # noqa: N815 - the name is the protocol's

        def do_GET(self) -> None:
            answer: dict[str, object] = {"paths": {"/commands": {"post": {}}}}
            if not self.path.endswith("/openapi.json"):
                asked.append(self.path)
                answer = {"id": "c-1", "status": "PROCESSING"}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with (
        serving(Api) as url,
        started("-c", FOLLOWING, url, str(tmp_path / "stack"), *options) as process,
    ):
        wait_for(process, lambda: bool(asked))
        ended = pressed(process, tmp_path / "stack")
    said = "Interrupted while watching the commands, which continue. Run: make demo"
    assert ended.err.strip() == said + again
