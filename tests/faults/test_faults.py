"""The short form of `make faults`: some scenarios with few commands, always the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.package import package
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS

if TYPE_CHECKING:
    from tests.faults.ground import Ground

SEED, COMMANDS, OUTAGE_SECONDS = 1, 30, 10


@pytest.fixture(scope="module")
def code() -> bytes:
    """The zip with its faults."""
    return package()


@pytest.mark.parametrize(
    "name",
    [
        *("two-workers", "throttled", "everything", "endings", "outage", "import-fails"),
        pytest.param("webhooks", marks=pytest.mark.timeout(1800)),
    ],
)
def test_the_ledger_of_a_scenario_adds_up(ground: Ground, code: bytes, name: str) -> None:
    """Every command has one outcome, and nothing contradicts it; see the captured output."""
    [scenario] = [one.lasting(OUTAGE_SECONDS) for one in SCENARIOS if one.name == name]
    assert play(ground, code, scenario, seed=SEED, count=COMMANDS, say=print) == []
