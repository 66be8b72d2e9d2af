"""One real local stack for all tests of this folder, and AWS clients that talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.local.stack import LocalStack
from tests.live import free_port
from tests.local.aws import Aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A running local stack on a free port, stopped at the end of the session."""
    local = LocalStack(tmp_path_factory.mktemp("local") / "stack", free_port())
    local.start()
    yield local
    local.stop()


@pytest.fixture(scope="session")
def aws(stack: LocalStack) -> Aws:
    """Clients and builders for what a test needs in the stack."""
    return Aws(stack)


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def said() -> list[str]:
    """What a stack told the user."""
    return []


@pytest.fixture
def local(tmp_path: Path, port: int, said: list[str]) -> Iterator[LocalStack]:
    """A stack that is not started yet, and stopped afterwards."""
    one = LocalStack(tmp_path / "stack", port, say=said.append)
    yield one
    one.stop()
