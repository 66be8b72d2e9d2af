"""A headless Chromium, and pages that must not complain."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from scripts.local.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

_FOUND = ROOT / ".tools" / "browser"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that `make browser` found; it fetches nothing by itself."""
    if not _FOUND.is_file():
        pytest.fail("no browser is known here; run: make browser")
    # Chromium's sandbox does not start for root, which containers in CI often are.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=_FOUND.read_text().strip(), args=arguments
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, whose script must throw nothing and whose policies nothing may break."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "Content Security Policy" in line.text
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []
