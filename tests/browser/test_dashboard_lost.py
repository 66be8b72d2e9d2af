"""The dashboard without a stack behind it: the last of its tests, for it takes the stack away."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.clicks import submit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.environment import Environment


def test_a_stack_that_hangs_is_told_of_and_found_again(
    board: Page, environment: Environment
) -> None:
    """What was known stays visible meanwhile."""
    expect(submit(board, "echo", {})).to_be_visible()
    current = environment.deployment.stack.current()
    assert current
    os.kill(current.process.pid, signal.SIGSTOP)
    try:
        expect(board.get_by_role("alert")).to_contain_text("does not answer")
        expect(board.locator("#rows .status").first).to_be_visible()
    finally:
        os.kill(current.process.pid, signal.SIGCONT)
    expect(board.get_by_role("alert")).to_be_hidden()
    expect(board.locator("#pulse")).to_have_text("Live")


def test_a_stack_that_stops_is_told_of(board: Page, environment: Environment) -> None:
    """With what to run."""
    environment.deployment.stack.stop()
    expect(board.get_by_role("alert")).to_have_text("The local stack stopped; run: make up")
    expect(board.locator("#pulse")).to_have_text("Not connected")
    expect(board.get_by_role("button", name="Submit")).to_be_disabled()
