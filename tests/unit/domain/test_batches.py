"""Batches: what their members are called."""

from __future__ import annotations

from command_api.domain.batches import member_id
from command_api.domain.reserved import is_reserved


def test_no_client_can_take_the_id_of_a_member() -> None:
    """A batch's id comes from its key."""
    assert is_reserved(member_id(f"key-{'0a' * 20}", 7), ())
