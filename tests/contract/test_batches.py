"""Batches: both stores count alike, each change once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from command_api.adapters.dynamodb.batches import DynamoDBBatches
from command_api.domain.batches import Batch, Counts, Follower, Found, Move, Transfer, When
from command_api.domain.model import Status
from tests.builders import LATER, NOW
from tests.fakes.batches import InMemoryBatches
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.domain.batch_ports import Batches
    from command_api.domain.ports import CommandStore

PURGE_AT = (NOW + timedelta(days=30)).replace(microsecond=0)
BATCH = Batch(
    id="b-1",
    total=3,
    created_at=NOW,
    work="w",
    purge_at=PURGE_AT,
    owner="ann",
    correlation_id="import-7",
    when=When.ALL,
)
FOLLOWER = Follower(When.ALL, "echo", {"text": "ä", "n": [1.5, None]})
WAITS, RUNS, DONE, FAILED = Status.PENDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED


@pytest.fixture
def batches(store: CommandStore) -> Iterator[Batches]:
    """No batch yet, beside the same store of commands."""
    if isinstance(store, InMemoryCommands):
        yield InMemoryBatches()
        return
    client, table = store.client, f"batches-{uuid4().hex}"  # type: ignore[attr-defined]
    client.create_table(
        TableName=table,
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "part", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "part")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    yield DynamoDBBatches(client, table)
    client.delete_table(TableName=table)


def moves(first: int, *changes: tuple[Status | None, Status], batch: str = "b-1") -> list[Move]:
    """Changes at positions from the first one on."""
    return [
        Move(batch, str(first + place).zfill(40), before, after)
        for place, (before, after) in enumerate(changes)
    ]


def test_what_is_stored_is_found(batches: Batches) -> None:
    """With all that the request said, and no counts yet."""
    assert batches.create(BATCH, FOLLOWER) == BATCH
    assert batches.find("b-1") == Found(BATCH, Counts(), {})
    assert batches.follower(BATCH) == FOLLOWER


def test_a_batch_without_owner_and_follower_is_found(batches: Batches) -> None:
    """It has neither afterwards."""
    plain = replace(BATCH, owner="", correlation_id="", when=None)
    assert batches.create(plain, None) == plain
    assert batches.find("b-1").batch == plain
    assert batches.follower(BATCH) is None


def test_an_unknown_batch_is_none(batches: Batches) -> None:
    """Also where members of it were counted."""
    assert batches.find("b-1").batch is None
    batches.count("s", moves(1, (WAITS, RUNS)), keep_until=LATER)
    assert batches.find("b-1")[:2] == (None, Counts(processing=1))


def test_the_first_of_an_id_stays(batches: Batches) -> None:
    """Whoever comes later is told what there is."""
    batches.create(BATCH, FOLLOWER)
    other = replace(BATCH, work="x", total=7, when=None)
    assert batches.create(other, Follower(When.ALL, "demo", {})) == BATCH
    assert batches.follower(BATCH) == FOLLOWER


def test_changes_are_added_up_over_shards(batches: Batches) -> None:
    """Each shard has a mark of its own."""
    batches.create(BATCH, None)
    batches.count("s-1", moves(1, (WAITS, RUNS), (RUNS, DONE)), keep_until=LATER)
    batches.count("s-2", moves(1, (WAITS, RUNS), (WAITS, RUNS)), keep_until=LATER)
    batches.count("s-2.0", moves(9, (RUNS, FAILED)), keep_until=LATER)
    found = batches.find("b-1")
    assert found.counts == Counts(processing=1, completed=1, failed=1)
    assert sorted(found.marks) == ["count#s-1", "count#s-2", "count#s-2.0"]


@pytest.mark.parametrize(("first", "last"), [(0, 4), (0, 2), (1, 3), (3, 4), (0, 1)])
def test_what_was_counted_is_not_counted_again(batches: Batches, first: int, last: int) -> None:
    """In whatever batches it comes again, alone or before something new."""
    seen = moves(1, (WAITS, RUNS), (RUNS, DONE), (WAITS, RUNS), (RUNS, FAILED))
    new = moves(5, (FAILED, RUNS), (RUNS, DONE))
    batches.create(BATCH, None)
    batches.count("s", seen, keep_until=LATER)
    batches.count("s", seen[first:last], keep_until=LATER)
    assert batches.find("b-1").counts == Counts(completed=1, failed=1)
    batches.count("s", [*seen[first:last], *new], keep_until=LATER)
    assert batches.find("b-1").counts == Counts(completed=2)


def test_changes_that_cancel_each_other_move_the_mark(batches: Batches) -> None:
    """Else half of them, told again, would be counted."""
    batches.create(BATCH, None)
    there_and_back = moves(1, (WAITS, RUNS), (RUNS, WAITS))
    batches.count("s", there_and_back, keep_until=LATER)
    batches.count("s", there_and_back[1:], keep_until=LATER)
    assert batches.find("b-1").counts == Counts()


def test_batches_are_counted_apart(batches: Batches) -> None:
    """In the same shard."""
    batches.count("s", moves(5, (WAITS, RUNS)), keep_until=LATER)
    batches.count("s", moves(1, (WAITS, DONE), batch="b-2"), keep_until=LATER)
    assert batches.find("b-1").counts == Counts(processing=1)
    assert batches.find("b-2").counts == Counts(completed=1)


TRANSFER = Transfer(size=900, digest="d" * 64, token="t-1")
UPLOAD = replace(BATCH, total=0, transfer=TRANSFER)


def test_a_transfer_is_stored_with_its_batch(batches: Batches) -> None:
    """Its lines are the batch's members."""
    batches.create(UPLOAD, None)
    assert batches.find("b-1").batch == UPLOAD
    more = TRANSFER._replace(planned=7, lines=5, offset=80, token="t-2")
    assert batches.advance(UPLOAD, more, purge_at=PURGE_AT, unless_cancelled=True)
    assert batches.find("b-1").batch == replace(UPLOAD, total=7, transfer=more)


def test_of_two_at_a_transfer_one_goes_on(batches: Batches) -> None:
    """The other one knows how far it had come, and no more."""
    batches.create(UPLOAD, None)
    ours, theirs = (TRANSFER._replace(planned=7, token=token) for token in ("t-2", "t-3"))
    longer = PURGE_AT + timedelta(days=1)
    assert batches.advance(UPLOAD, ours, purge_at=longer, unless_cancelled=False)
    assert not batches.advance(UPLOAD, theirs, purge_at=PURGE_AT, unless_cancelled=False)
    # A write whose answer got lost is made again.
    assert batches.advance(UPLOAD, ours, purge_at=longer, unless_cancelled=False)
    assert batches.find("b-1").batch == replace(UPLOAD, total=7, transfer=ours, purge_at=longer)


def test_a_cancelled_batch_gets_no_more_members(batches: Batches) -> None:
    """But what becomes of those it has is written."""
    batches.create(UPLOAD, None)
    batches.cancel(UPLOAD, now=NOW)
    more = TRANSFER._replace(planned=7, token="t-2")
    assert not batches.advance(UPLOAD, more, purge_at=PURGE_AT, unless_cancelled=True)
    whole = TRANSFER._replace(whole=True, token="t-3")
    assert batches.advance(UPLOAD, whole, purge_at=PURGE_AT, unless_cancelled=False)


def test_a_batch_that_is_gone_goes_no_further(batches: Batches) -> None:
    """Nothing is written of it."""
    more = TRANSFER._replace(planned=7, token="t-2")
    assert not batches.advance(UPLOAD, more, purge_at=PURGE_AT, unless_cancelled=True)
    assert batches.find("b-1").batch is None


def test_what_follows_belongs_to_its_request(batches: Batches) -> None:
    """An id that stood for another batch before has left what followed that one."""
    batches.create(replace(BATCH, work="before"), FOLLOWER)
    assert batches.follower(replace(BATCH, work="w")) is None


def test_notes_keep_the_first_time(batches: Batches) -> None:
    """When it ended, was followed, and was asked to stop."""
    batches.create(BATCH, None)
    for at in (NOW, LATER):
        batches.ended(BATCH, now=at, purge_at=PURGE_AT + timedelta(days=1))
        batches.followed(BATCH, now=at)
        batches.cancel(BATCH, now=at)
    assert batches.find("b-1").batch == replace(
        BATCH,
        ended_at=NOW,
        followed_at=NOW,
        cancel_requested_at=NOW,
        purge_at=PURGE_AT + timedelta(days=1),
    )
