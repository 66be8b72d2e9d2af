"""Ids that clients cannot choose."""

from __future__ import annotations

import pytest

from command_api.domain.reserved import is_reserved

BATCH = f"key-{'0a' * 20}"


def test_members_and_runs_are_reserved() -> None:
    """Of schedules of clients, and of Terraform's by their names."""
    runs = (f"{name}:2030-12-24T01:00:00Z" for name in ("nightly", "api.nightly-2"))
    for command_id in (f"{BATCH}.7", f"{BATCH}.then", *runs):
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
