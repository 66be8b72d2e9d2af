"""The local stack that the short runs share, and the account that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.stack.stack import LocalStack
from tests.faults.ground import Ground
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A local stack of its own."""
    stack = LocalStack(tmp_path_factory.mktemp("faults") / "stack", free_port())
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture(scope="session")
def ground(stack: LocalStack) -> Ground:
    """Its account."""
    return Ground.local(stack)
