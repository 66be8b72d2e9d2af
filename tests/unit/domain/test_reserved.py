"""Ids that clients cannot choose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from command_api.domain.batches import member_id
from command_api.domain.recurring import Overlap, Schedule, When
from command_api.domain.reserved import is_reserved

BATCH = f"key-{'0a' * 20}"
NIGHT = datetime(2030, 12, 24, 1, tzinfo=UTC)
OWN = Schedule(
    id="nightly-2", when=When("0 2 * * ? *", "UTC"), type="echo", input={}, overlap=Overlap.QUEUE
)


def test_members_and_runs_are_reserved() -> None:
    """By the names that their makers give them."""
    [(_, run), *_] = OWN.next_runs(NIGHT)
    assert run.startswith("api.nightly-2:2030-")
    for command_id in (member_id(BATCH, 7), f"{BATCH}.then", run, "nightly:2030-12-24T01:00:00Z"):
        assert is_reserved(command_id, ["nightly"]), command_id


@pytest.mark.parametrize(
    "command_id",
    [
        *("order-1042", "api.nightly", "api.v2:order-7", "key-1.0", BATCH),
        # No schedule of this environment is called so, and no run has such a time.
        *("sensor-7:2030-12-24T01:00:00Z", "nightly:2030-12-24", "nightly:2030-12-24T01:00:00.5Z"),
        "nightly:again:2030-12-24T01:00:00Z",
    ],
)
def test_all_others_are_free(command_id: str) -> None:
    """A name and a time are a good id where no schedule has the name."""
    assert not is_reserved(command_id, ["nightly"])
