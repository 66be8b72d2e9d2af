"""The short form of `make faults`: two bad days with few commands, always the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.local.stack import LocalStack
from tests.faults.package import package
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED, COMMANDS = 1, 30


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A local stack of its own."""
    stack = LocalStack(tmp_path_factory.mktemp("faults") / "stack", free_port())
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def code() -> bytes:
    """The zip with its faults."""
    return package()


@pytest.mark.parametrize("name", ["two-workers", "throttled", "everything"])
def test_the_ledger_of_a_bad_day_adds_up(stack: LocalStack, code: bytes, name: str) -> None:
    """Every command has one outcome, and nothing contradicts it; see the captured output."""
    [scenario] = [one for one in SCENARIOS if one.name == name]
    assert play(stack, code, scenario, seed=SEED, count=COMMANDS, say=print) == []
