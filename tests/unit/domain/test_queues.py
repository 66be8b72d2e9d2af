"""Which queue a command belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from command_api.domain.queues import Queues

DAY = timedelta(days=1)
LIVES = {"default": DAY, "high": DAY, "slow": 5 * DAY}


def queues(here: str = "default") -> Queues:
    """Three queues, of which clients may choose one."""
    return Queues(here=here, lives=LIVES, priorities={"high"})


@pytest.mark.parametrize(
    ("own", "priority", "found"),
    [
        ("", "", "default"),
        ("", "high", "high"),
        ("", "slow", "default"),
        ("", "unheard-of", "default"),
        ("slow", "", "slow"),
        ("slow", "high", "slow"),
        ("gone", "", "default"),
        ("gone", "high", "high"),
    ],
)
def test_the_queue_of_a_type_comes_before_the_choice_of_a_client(
    own: str, priority: str, found: str
) -> None:
    """A queue that is not declared, or drains, is as good as none."""
    assert queues().of(own, priority) == found


@pytest.mark.parametrize(
    ("here", "own", "moves"),
    [
        ("default", "", None),
        ("default", "slow", "slow"),
        ("high", "", None),
        ("high", "slow", "slow"),
        ("slow", "slow", None),
        ("slow", "", "default"),
        ("draining", "", "default"),
        ("draining", "draining", "default"),
        ("draining", "slow", "slow"),
    ],
)
def test_a_message_stays_where_its_type_or_a_client_has_put_it(
    here: str, own: str, moves: str | None
) -> None:
    """From a queue that drains, or of another type, it goes where it belongs."""
    assert queues(here).elsewhere(own) == moves


def test_nothing_moves_where_there_is_one_queue() -> None:
    """A type may name a queue that only another environment has."""
    assert Queues().elsewhere("slow") is None
    assert Queues().life("slow", DAY) == DAY
