"""The dashboard's server without a stack."""

from __future__ import annotations

import pytest

from tests.scripts.local.dashboard.site import Site


@pytest.fixture
def site() -> Site:
    """A server with nothing behind it yet."""
    return Site()
