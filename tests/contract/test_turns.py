"""The turn of a schedule's runs: whoever takes it says after which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.overlap import Turn

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

FIRST, SECOND, AGAIN = Turn("nightly:1", "t-1"), Turn("nightly:2", "t-2"), Turn("nightly:1", "t-3")


def test_a_turn_is_taken_after_the_one_that_was_read(store: CommandStore) -> None:
    """The first after none; of two that have read the same, one takes it."""
    assert store.turn("nightly") == Turn()
    assert store.take_turn("nightly", FIRST, after=Turn())
    assert not store.take_turn("nightly", SECOND, after=Turn())
    assert store.turn("nightly") == FIRST
    assert store.take_turn("nightly", SECOND, after=FIRST)
    assert not store.take_turn("nightly", AGAIN, after=FIRST)
    assert store.turn("nightly") == SECOND


def test_a_run_that_starts_again_takes_its_turn_anew(store: CommandStore) -> None:
    """Who has read its first turn comes too late, although the run is the same."""
    assert store.take_turn("nightly", FIRST, after=Turn())
    assert store.take_turn("nightly", AGAIN, after=FIRST)
    assert not store.take_turn("nightly", SECOND, after=FIRST)


def test_a_repeated_write_recognises_itself(store: CommandStore) -> None:
    """Its answer got lost."""
    assert store.take_turn("nightly", FIRST, after=Turn())
    assert store.take_turn("nightly", FIRST, after=Turn())


def test_schedules_have_their_own_turns_and_none_is_a_command(store: CommandStore) -> None:
    """No id of a command can be that of a turn."""
    assert store.take_turn("nightly", FIRST, after=Turn())
    assert store.turn("weekly") == Turn()
    assert store.get("nightly") is None
