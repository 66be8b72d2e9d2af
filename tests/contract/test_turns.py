"""The turn of a schedule's runs: whoever takes it says after which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.domain.overlap import Turn
from tests.contract.states import PURGE_AT
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

FIRST, SECOND, AGAIN = Turn("nightly:1", "t-1"), Turn("nightly:2", "t-2"), Turn("nightly:1", "t-3")


def taken(store: CommandStore, schedule: str, turn: Turn, *, after: Turn) -> bool:
    """Whether a run gets a turn that is kept for a while."""
    return store.take_turn(schedule, turn, after=after, purge_at=PURGE_AT)


def test_a_turn_goes_by_itself_some_time(store: CommandStore) -> None:
    """Schedules that clients make and delete would leave one each for ever."""
    assert taken(store, "nightly", FIRST, after=Turn())
    assert taken(store, "nightly", SECOND, after=FIRST)
    if isinstance(store, InMemoryCommands):
        assert store.turns_kept == {"nightly": PURGE_AT}
    elif isinstance(store, DynamoDBCommands):
        key = {"id": {"S": "schedule/nightly"}}
        item = store.client.get_item(TableName=store.table, Key=key)["Item"]
        assert item[store.ttl_attribute] == {"N": str(int(PURGE_AT.timestamp()))}


def test_a_turn_is_taken_after_the_one_that_was_read(store: CommandStore) -> None:
    """The first after none; of two that have read the same, one takes it."""
    assert store.turn("nightly") == Turn()
    assert taken(store, "nightly", FIRST, after=Turn())
    assert not taken(store, "nightly", SECOND, after=Turn())
    assert store.turn("nightly") == FIRST
    assert taken(store, "nightly", SECOND, after=FIRST)
    assert not taken(store, "nightly", AGAIN, after=FIRST)
    assert store.turn("nightly") == SECOND


def test_a_run_that_starts_again_takes_its_turn_anew(store: CommandStore) -> None:
    """Who has read its first turn comes too late, although the run is the same."""
    assert taken(store, "nightly", FIRST, after=Turn())
    assert taken(store, "nightly", AGAIN, after=FIRST)
    assert not taken(store, "nightly", SECOND, after=FIRST)


def test_a_repeated_write_recognises_itself(store: CommandStore) -> None:
    """Its answer got lost."""
    assert taken(store, "nightly", FIRST, after=Turn())
    assert taken(store, "nightly", FIRST, after=Turn())


def test_schedules_have_their_own_turns_and_none_is_a_command(store: CommandStore) -> None:
    """No id of a command can be that of a turn."""
    assert taken(store, "nightly", FIRST, after=Turn())
    assert store.turn("weekly") == Turn()
    assert store.get("nightly") is None
