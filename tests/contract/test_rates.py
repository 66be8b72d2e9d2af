"""Buckets of rates: both stores change them by the same rules."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.dynamodb.rates import DynamoDBBuckets
from command_api.domain.rates import SECOND, changed, fits, plan, rate_of, taken
from tests.contract.test_inputs import item
from tests.fakes.commands import InMemoryCommands
from tests.fakes.rates import InMemoryBuckets

if TYPE_CHECKING:
    from command_api.domain.ports import Buckets, CommandStore
    from command_api.domain.rates import Bucket

NOW = 1_900_000_000 * SECOND
RATE = rate_of("10/s")


@pytest.fixture
def buckets(store: CommandStore) -> Buckets:
    """No bucket yet, in the same table as the commands."""
    if isinstance(store, InMemoryCommands):
        return InMemoryBuckets()
    return DynamoDBBuckets(store.client, store.table, "expiresAt")  # type: ignore[attr-defined]


def test_a_bucket_changes_as_the_rules_say_whatever_was_expected(buckets: Buckets) -> None:
    """Random workers with a right or an old idea of it, some with a clock that is off."""
    random = Random(17)  # noqa: S311 - the same in every run
    known: Bucket | None = None
    old: Bucket | None = None
    refused = made_changes = 0
    at = NOW
    for _ in range(300):
        at += random.choice([0, 1_000, SECOND // 10, SECOND, 20 * SECOND])
        now = at + random.randrange(-50_000, 50_000)
        expected = random.choice([None, old, known, known])
        change = plan(expected, RATE, now, back=random.randrange(11), new=random.randrange(30))
        if change is None:
            continue
        found, made = buckets.change("call", change)
        assert found == known
        assert made == fits(known, change)
        old = known
        if made:
            starts, places = taken(known, change)
            assert (len(starts), len(places)) == (change.starts, change.places)
            known = changed(known, change)
        made_changes, refused = made_changes + made, refused + (not made)
    assert made_changes > 100
    assert refused > 20


def test_nobody_gets_the_start_of_another(buckets: Buckets) -> None:
    """Ten workers in turn, each of which asks again as long as it sees room."""
    starts: list[int] = []
    seen: dict[int, Bucket | None] = dict.fromkeys(range(10))
    while seen:
        for worker, bucket in list(seen.items()):
            change = plan(bucket, RATE, NOW, back=3, new=0)
            if change is None:
                del seen[worker]
                continue
            found, made = buckets.change("call", change)
            starts += taken(found, change)[0] if made else ()
            seen[worker] = changed(found, change) if made else found
    assert starts == sorted(set(starts))
    assert all(b - a == RATE.spacing for a, b in pairwise(starts))


def test_buckets_do_not_touch_each_other(buckets: Buckets) -> None:
    """One for each key."""
    change = plan(None, RATE, NOW, back=1, new=0)
    assert change is not None
    assert buckets.change("call/ann", change) == (None, True)
    assert buckets.change("call/bob", change) == (None, True)


def test_a_bucket_expires_and_looks_like_no_command(store: CommandStore) -> None:
    """It has the table's time to live, and no status: lists, streams and indexes pass it over."""
    if isinstance(store, InMemoryCommands):
        # It keeps buckets apart from commands.
        return
    change = plan(None, RATE, NOW, back=1, new=0)
    assert change is not None
    DynamoDBBuckets(store.client, store.table, "expiresAt").change("call", change)  # type: ignore[attr-defined]

    kept = item(store, "rate/call")
    assert kept is not None
    assert set(kept) == {"id", "next", "expiresAt"}
    assert int(kept["expiresAt"]["N"]) == NOW // SECOND + 2 * 86_400
