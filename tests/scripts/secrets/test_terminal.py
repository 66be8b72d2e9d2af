"""`seed` at a real terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.scripts.secrets.endpoint import Endpoint

REPOSITORY = Path(__file__).resolve().parents[3]
NAME = "/dev/acme/stripe"
DEADLINE = 30.0


class Screen:
    """What a terminal shows."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.text = ""

    def wait_for(self, ending: str) -> None:
        """Read until what is shown ends with this."""
        end = time.monotonic() + DEADLINE
        while not self.text.endswith(ending):
            ready, _, _ = select.select([self._terminal], [], [], end - time.monotonic())
            assert ready, f"never shown: {ending!r}; shown: {self.text!r}"
            self.text += os.read(self._terminal, 4096).decode()

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{text}\n".encode())


def test_what_is_typed_is_not_shown(endpoint: Endpoint) -> None:
    """The value travels to Secrets Manager and appears nowhere on the screen."""
    endpoint.answers["DescribeSecret"] = {"Name": NAME}
    endpoint.answers["PutSecretValue"] = {"Name": NAME}
    ours, theirs = pty.openpty()
    screen = Screen(ours)
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.secrets", "seed", NAME],
        cwd=REPOSITORY,
        env={
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        },
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    try:
        screen.wait_for("shown): ")
        screen.type("pa55w0rd")
        screen.wait_for("confirmation: ")
        screen.type("pa55w0rd")
        screen.wait_for(f"next: python -m scripts.secrets read {NAME}\r\n")
        assert process.wait(DEADLINE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(theirs)
        os.close(ours)
    assert "pa55" not in screen.text
    operation, body, _ = endpoint.calls[-1]
    assert (operation, body["SecretString"]) == ("PutSecretValue", "pa55w0rd")
