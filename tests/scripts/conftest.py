"""What the tests of several tools share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.web import Web, website

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def web() -> Iterator[Web]:
    """A running web server without pages."""
    with website() as site:
        yield site
