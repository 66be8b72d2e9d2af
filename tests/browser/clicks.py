"""The dashboard as a process, and what an operator does on its page."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from playwright.sync_api import expect

from scripts.stack.process import ROOT
from scripts.worker.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.environment import Environment

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>"


@contextlib.contextmanager
def dashboard(environment: Environment) -> Iterator[str]:
    """`python -m scripts.local dashboard`, which Ctrl-C ends without a word; its URL."""
    stack = environment.deployment.stack
    options = ["--port", str(stack.port), "--state-dir", str(stack.state_dir)]
    running = subprocess.Popen(
        [sys.executable, "-m", "scripts.local", *options, "dashboard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    said = running.stdout.readline().split()
    try:
        assert said[:1] == ["Dashboard:"]
        yield said[1]
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=20) == ("", "")
        assert running.returncode == 0
    finally:
        running.kill()
        running.communicate()


def submit(board: Page, kind: str, work: object, command_id: str = "") -> Locator:
    """Fill in the form and send it from the keyboard; the command's row."""
    command_id = command_id or f"{kind}-{uuid4().hex[:8]}"
    board.get_by_label("Type").select_option(kind)
    board.get_by_text("An id of your own").click()
    board.get_by_label("Id").fill(command_id)
    board.get_by_label("Input").fill(json.dumps(work))
    board.get_by_label("Input").press("Control+Enter")
    expect(board.locator("#outcome")).to_have_text(f"Submitted {command_id}")
    return board.locator(f'tr[data-id="{command_id}"]')


def stage(board: Page, name: str) -> Locator:
    """The number of a stage of the flow."""
    return board.locator(f'[data-stage="{name}"] .number')


def detail(board: Page, row: Locator) -> Locator:
    """What unfolds below a row."""
    row.locator("button.id").click()
    return board.locator(f'tr[data-id="{row.get_attribute("data-id")}"] + tr.detail')


def worker(environment: Environment, *, takes: bool) -> None:
    """Pause the worker, or let it go on."""
    function, queue = (environment.outputs[k] for k in ("worker_function_name", "sqs_queue_arn"))
    client: Any = environment.client("lambda")
    Mapping(client, function, queue, "--local", 60).change(enabled=takes)
