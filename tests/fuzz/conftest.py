"""The API that requests are made of: built once, because it takes longer than any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz.api import Api

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def api() -> Iterator[Api]:
    """The functions behind an API, with a table and a queue in memory."""
    with pytest.MonkeyPatch.context() as patch:
        yield Api.started(patch)
