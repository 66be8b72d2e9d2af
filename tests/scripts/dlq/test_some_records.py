"""Commands as a scan finds them, for the dashboard of the local stack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.model import Lease, Status
from scripts.dlq.place import Place
from scripts.dlq.records import Records

if TYPE_CHECKING:
    from tests.scripts.dlq.world import World


@pytest.fixture
def records(world: World) -> Records:
    """The table, by a client that pages."""
    clients: dict[str, Any] = {"sqs": world.sqs, "dynamodb": world.dynamodb.real}
    return Records(
        Place(**clients, queue_url="q", dlq_url="d", table="commands", ttl_attribute="gone_at")
    )


def test_a_scan_ends_where_it_is_told_to(world: World, records: Records) -> None:
    """And says whether that was all."""
    for number in range(5):
        world.record(f"c-{number}")
    found, whole = records.some(3)
    assert (len(found), whole) == (3, False)
    found, whole = records.some(10)
    assert ({one.command.id for one in found}, whole) == ({f"c-{n}" for n in range(5)}, True)


def test_a_scan_sees_what_readers_may_see(world: World, records: Records) -> None:
    """A lost worker is a failure, what is past its time is gone, and no input is read."""
    past = datetime.now(UTC) - timedelta(hours=1)
    lease = Lease("token", past)
    world.record("lost", Status.PROCESSING, attempts=3, max_attempts=3, lease=lease)
    world.record("old", Status.COMPLETED, purge_at=past)
    [one], whole = records.some(10)
    assert (one.command.id, one.command.status, one.code) == ("lost", Status.FAILED, "worker_lost")
    assert (whole, one.stored.status) == (True, Status.PROCESSING)


def test_a_scan_passes_over_waiting_inputs(world: World, records: Records) -> None:
    """They lie in the same table, are no commands, and do not count."""
    kept = {"input": {"S": "{}"}, "gone_at": {"N": "1"}}
    for number in range(5):
        item = {"id": {"S": f"input/c-{number}/0123"}, **kept}
        world.dynamodb.real.put_item(TableName="commands", Item=item)
    world.record("c-1")
    found, whole = records.some(3)
    assert ([one.command.id for one in found], whole) == (["c-1"], True)
