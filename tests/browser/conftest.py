"""A headless Chromium, and pages that must not complain."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.stack.process import ROOT
from tests.browser.clicks import dashboard
from tests.environment import applied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.environment import Environment

_FOUND = ROOT / ".tools" / "browser"
# The page shows what a stack beside other work has answered, which takes it seconds.
expect.set_options(timeout=30_000)


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


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """One deployment for all tests of the dashboard; the last one takes it away."""
    with applied(tmp_path_factory.mktemp("dashboard")) as environment:
        yield environment


@pytest.fixture(scope="session")
def url(environment: Environment) -> Iterator[str]:
    """Where the dashboard of that deployment is."""
    with dashboard(environment) as url:
        yield url


@pytest.fixture
def board(page: Page, url: str) -> Page:
    """The page, opened."""
    page.goto(url)
    expect(page.locator("#pulse")).to_have_text("Live")
    return page
