"""One real emulator for all tests, and AWS clients that talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws import Aws
from tests.serving import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running emulator on a free port, ended with the session."""
    with serving(tmp_path_factory.mktemp("emulator")) as one:
        yield one


@pytest.fixture(scope="session")
def aws(emulator: Served) -> Aws:
    """Clients and builders for what a test needs in the emulator."""
    return Aws(emulator)
