"""Who watches which command: both stores answer alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from command_api.adapters.dynamodb.watches import DynamoDBWatches
from command_api.domain.access import Caller
from command_api.domain.watch import Viewer, Watch
from tests.builders import NOW
from tests.contract.conftest import LOCAL
from tests.fakes.commands import InMemoryCommands
from tests.fakes.watches import InMemoryWatches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.domain.listeners import Watches
    from command_api.domain.ports import CommandStore

ANN = Viewer(
    connection="L0SM9cOFvHcCIhw=", caller=Caller(owner="ann"), until=NOW + timedelta(hours=1)
)
BOB = Viewer(connection="bobs=", caller=Caller(owner="bob", admin=True), until=NOW)
ANYBODY = Viewer(connection="any=", caller=Caller(), until=NOW)


@pytest.fixture
def watches(store: CommandStore) -> Iterator[Watches]:
    """No watch yet, beside the same store of commands."""
    if isinstance(store, InMemoryCommands):
        yield InMemoryWatches()
        return
    client, table = store.client, f"watches-{uuid4().hex}"  # type: ignore[attr-defined]
    client.create_table(
        TableName=table,
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "connection", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "connection")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    yield DynamoDBWatches(client, table)
    client.delete_table(TableName=table)


def test_a_command_has_those_who_watch_it(watches: Watches) -> None:
    """With what they may see, and until when."""
    watches.add(ANN, ["c-1", "c-2"])
    watches.add(BOB, ["c-1"])
    watches.add(ANYBODY, ["c-1"])

    found = sorted(watches.of("c-1"), key=lambda watch: watch.viewer.connection)

    assert found == [Watch("c-1", ANN), Watch("c-1", ANYBODY), Watch("c-1", BOB)]
    assert watches.of("c-2") == [Watch("c-2", ANN)]
    assert watches.of("c-3") == []


def test_watching_again_changes_nothing_but_the_time(watches: Watches) -> None:
    """A client that comes back with a new token is one viewer."""
    later = replace(ANN, until=ANN.until + timedelta(minutes=7))
    watches.add(ANN, ["c-1"])
    watches.add(later, ["c-1"])

    assert watches.of("c-1") == [Watch("c-1", later)]


def test_what_is_watched_no_longer_is_gone(watches: Watches) -> None:
    """For that connection and those commands only; the unknown is passed over."""
    watches.add(ANN, ["c-1", "c-2"])
    watches.add(BOB, ["c-1"])

    watches.remove(ANN.connection, ["c-1", "c-9"])

    assert watches.of("c-1") == [Watch("c-1", BOB)]
    assert watches.of("c-2") == [Watch("c-2", ANN)]


def test_more_commands_than_a_batch_are_all_watched(watches: Watches) -> None:
    """And removed."""
    ids = [f"c-{number}" for number in range(60)]
    watches.add(ANN, ids)
    assert all(watches.of(name) for name in ids)

    watches.remove(ANN.connection, ids)

    assert not any(watches.of(name) for name in ids)


def test_many_viewers_are_all_found(watches: Watches) -> None:
    """However many pages they fill: DynamoDB ends one at 1 MB."""
    caller = Caller(owner="o" * 15_000)
    for number in range(100):
        watches.add(Viewer(connection=f"{number:04}", caller=caller, until=NOW), ["c-1"])

    assert len(watches.of("c-1")) == 100


def test_a_connection_watches_so_many_in_all(watches: Watches) -> None:
    """What goes beyond is refused whole, and does not count."""
    assert watches.reserve(ANN, 25, limit=30)
    assert not watches.reserve(ANN, 6, limit=30)
    assert watches.reserve(ANN, 5, limit=30)
    assert not watches.reserve(ANN, 1, limit=30)
    assert watches.reserve(BOB, 30, limit=30)
    assert not watches.reserve(replace(BOB, connection="c="), 31, limit=30)


def test_a_count_is_nobodys_watch(watches: Watches) -> None:
    """Its key is no command's id."""
    watches.reserve(ANN, 5, limit=30)

    assert watches.of(ANN.connection) == []


def test_counts_are_kept_whoever_counts_at_once(watches: Watches) -> None:
    """A connection's messages may be answered side by side."""
    # moto asks for a condition and writes in two steps: only Amazon's own engine can show it.
    moto = isinstance(watches, DynamoDBWatches) and not LOCAL
    with ThreadPoolExecutor(1 if moto else 8) as pool:
        taken = list(pool.map(lambda _: watches.reserve(ANN, 1, limit=20), range(40)))

    assert taken.count(True) == 20
