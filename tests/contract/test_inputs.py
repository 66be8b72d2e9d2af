"""The contract of a submission's input: it waits in the table until it is sent, and no longer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.item import INLINE_BYTES
from command_api.domain.errors import DoesNotFit
from command_api.domain.submission import submitted
from tests.builders import LATER, NOW, WAITS_UNTIL, attempt, submission

if TYPE_CHECKING:
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore, Outbox

of_the_table = pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
DAY = 24 * 60 * 60


def of_bytes(count: int) -> dict[str, JSON]:
    """An input whose JSON text has so many bytes."""
    given = {"text": "ü" * ((count - len('{"text":""}')) // 2)}
    return {**given, "text": given["text"] + "x" * ((count - 11) % 2)}


def asked(size: int, **changes: Any) -> Command:
    """The command c-1 with an input of that size, in nobody's hands any more."""
    return submitted(submission(input=of_bytes(size), **changes), until=NOW)


def item(store: CommandStore, key: str) -> dict[str, Any] | None:
    """An item of the table, where there is one."""
    assert isinstance(store, DynamoDBCommands)
    found: dict[str, Any] = store.client.get_item(TableName=store.table, Key={"id": {"S": key}})
    return found.get("Item")


def test_an_input_that_is_too_large_is_not_stored(store: CommandStore, outbox: Outbox) -> None:
    """And neither is its command."""
    with pytest.raises(DoesNotFit):
        outbox.store(asked(500_000))
    assert store.get("c-1") is None


@of_the_table
def test_an_input_that_is_gone_is_none(store: Any, outbox: Outbox) -> None:
    """Somebody has deleted it by hand: whoever takes over learns that there is nothing to send."""
    known = asked(INLINE_BYTES + 1)
    outbox.store(known)
    key = f"input/c-1/{known.work}"
    assert item(store, key) is not None
    store.client.delete_item(TableName=store.table, Key={"id": {"S": key}})
    taken, won = outbox.acquire_lease("c-1", now=NOW, until=LATER)
    assert won
    assert taken is not None
    assert taken.pending_entry == replace(known.pending_entry, lease_until=LATER, input=None)  # type: ignore[type-var]


@pytest.mark.parametrize("size", [11, INLINE_BYTES, INLINE_BYTES + 1, 200_000])
def test_whoever_takes_over_has_the_input(outbox: Outbox, size: int) -> None:
    """The relay, or the client's next request: as it was asked for, wherever it is kept."""
    known = asked(size)
    assert known.pending_entry is not None
    outbox.store(known)
    taken = replace(known, pending_entry=replace(known.pending_entry, lease_until=LATER))
    assert outbox.acquire_lease("c-1", now=NOW, until=LATER) == (taken, True)


@of_the_table
@pytest.mark.parametrize(("size", "inline"), [(INLINE_BYTES, True), (INLINE_BYTES + 1, False)])
def test_a_small_input_waits_with_its_command_and_a_large_one_apart(
    store: CommandStore, outbox: Outbox, size: int, *, inline: bool
) -> None:
    """An item of its own costs its size once; it goes by its time to live, which costs nothing."""
    known = asked(size)
    outbox.store(known)
    own = item(store, "c-1")
    assert own is not None
    assert ("input" in own) == inline
    kept = item(store, f"input/c-1/{known.work}")
    assert (kept is None) == inline
    if kept is not None:
        assert int(kept["expiresAt"]["N"]) == int(NOW.timestamp()) + 15 * DAY
        assert set(kept) == {"id", "input", "expiresAt"}


@of_the_table
@pytest.mark.parametrize("size", [INLINE_BYTES, INLINE_BYTES + 1])
def test_what_is_sent_has_no_input_any_more(store: CommandStore, outbox: Outbox, size: int) -> None:
    """Its message carries it."""
    known = asked(size)
    outbox.store(known)
    outbox.sent(known, waits_until=WAITS_UNTIL)
    assert "input" not in (item(store, "c-1") or {"input": "missing"})


@of_the_table
def test_a_command_that_runs_has_no_input(store: CommandStore) -> None:
    """What every read and write of it would cost again."""
    store.claim(submission(input=of_bytes(5_000)), attempt())
    own = item(store, "c-1")
    assert own is not None
    assert "input" not in own


def test_another_work_under_the_same_id_does_not_overwrite_the_input(
    store: CommandStore, outbox: Outbox
) -> None:
    """It is refused, but its input was written first: under a key of its own."""
    known, other = asked(5_000), asked(6_000)
    outbox.store(known)
    assert outbox.store(other) is not None
    taken, _ = outbox.acquire_lease("c-1", now=NOW, until=LATER)
    assert taken is not None
    assert taken.pending_entry is not None
    assert taken.pending_entry.input == of_bytes(5_000)
    assert store.get("c-1") is not None
