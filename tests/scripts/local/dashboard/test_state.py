"""What the page is told of the commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.domain.hand_over import HandOver
from command_api.domain.json_text import moment
from command_api.domain.model import Lease, Progress, Status
from scripts.commands.board import QUEUED
from scripts.dlq.deployed import DeployedQueues
from scripts.errors import OperatorError
from scripts.local.dashboard import scheduled, state
from scripts.local.dashboard.submitted import Memory
from scripts.schedules.deployed import of
from tests.builders import NOW, TEMPORARY
from tests.scripts.dlq.world import Client, World
from tests.scripts.schedules.cloud import OUTPUTS, FakeScheduler, FakeTable, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.local.dashboard.deployed import Deployed
    from tests.scripts.local.dashboard.site import Site


_NONE: dict[str, Any] = {"Datapoints": []}


class Silent:
    """A CloudWatch without metrics, and a worker that nobody finds."""

    def get_paginator(self, _: str) -> Silent:
        """Of nothing."""
        return self

    def paginate(self, **_: str) -> list[Any]:
        """No page."""
        return []

    def look(self) -> Any:
        """No mapping."""
        raise OperatorError("no event source mapping")


@pytest.fixture
def world() -> Iterator[World]:
    """Queues and a table."""
    with mock_aws():
        session = boto3.Session("test", "test", region_name="us-east-1")
        clients: list[Any] = [session.client("sqs"), session.client("dynamodb")]
        yield World.create(*map(Client, clients), fifo=False)


@pytest.fixture
def deployed(site: Site, world: World) -> Deployed:
    """The deployment that they belong to."""
    clients: dict[str, Any] = {"sqs": world.sqs.real, "dynamodb": world.dynamodb.real}
    target = DeployedQueues(
        **clients,
        queue_url=world.queue_url,
        dlq_url=world.dlq_url,
        table="commands",
        ttl_attribute="gone_at",
    )
    silent: Any = Silent()
    site.deploy(target=target, mapping=silent)
    return replace(site.find(), cloudwatch=silent)


def test_every_status_is_counted_in_the_order_of_a_life(world: World, deployed: Deployed) -> None:
    """The page lists none itself."""
    world.record("c-1", Status.COMPLETED)
    world.record("c-2")
    counts = state.look(deployed, Memory())["table"]["counts"]
    assert [*counts] == [QUEUED, *Status]
    assert {status: count for status, count in counts.items() if count} == {
        "COMPLETED": 1,
        "FAILED": 1,
    }


def test_the_stages_count_all_queues(world: World, deployed: Deployed) -> None:
    """One that is gone counts for none, and the page redrives the default queue's alone."""
    sqs = world.sqs.real
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("slow", "slow-dlq")}
    for url in (world.queue_url, urls["slow"], urls["slow"], urls["slow-dlq"]):
        sqs.send_message(QueueUrl=url, MessageBody="{}")
    sqs.receive_message(QueueUrl=urls["slow"])
    queues = {
        "slow": {"sqs_queue_url": urls["slow"], "sqs_dlq_url": urls["slow-dlq"]},
        "gone": {"sqs_queue_url": f"{urls['slow']}-gone", "sqs_dlq_url": urls["slow-dlq"]},
    }
    without_ages: Any = type("Ages", (Silent,), {"get_metric_statistics": lambda *_, **__: _NONE})()
    shown = state.look(replace(deployed, queues=queues, cloudwatch=without_ages), Memory())
    assert (shown["queue"]["waiting"], shown["queue"]["taken"]) == (2, 1)
    assert (shown["dlq"]["messages"], shown["dlq"]["redrivable"]) == (1, 0)
    assert [one["name"] for one in shown["queues"]] == ["default", "gone", "slow"]


def test_the_page_is_told_how_far_a_command_has_come(world: World, deployed: Deployed) -> None:
    """Where its handler says so."""
    world.record("says nothing", Status.PROCESSING)
    world.record("runs", Status.PROCESSING, progress=Progress(0.4, "4 of 10", NOW))
    rows = {one["id"]: one for one in state.look(deployed, Memory())["commands"]}
    assert rows["runs"]["progress"] == {"share": 0.4, "note": "4 of 10"}
    assert rows["says nothing"]["progress"] is None


def test_the_page_is_told_until_when_a_command_is_handed_over(
    world: World, deployed: Deployed
) -> None:
    """While something outside reports on it."""
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    given = HandOver("t-1", "d", timedelta(minutes=1), attempts=3, at=NOW)
    lease = Lease("t-1", until)
    world.record("outside", Status.PROCESSING, lease=lease, hand_over=given)
    world.record("inside", Status.PROCESSING, lease=lease, hand_over=given._replace(lease="t-0"))
    rows = {one["id"]: one for one in state.look(deployed, Memory())["commands"]}
    assert rows["outside"]["handedOver"]["deadline"] == moment(until)
    assert rows["inside"]["handedOver"] is None


def test_the_page_is_told_what_can_be_done(world: World, deployed: Deployed) -> None:
    """What waits or runs can be cancelled, what may succeed later can be redriven."""
    memory = Memory()
    memory.add(deployed.stack, "queued", "echo")
    world.record("waits", Status.PENDING)
    world.record("waits again", Status.PENDING, failure=TEMPORARY)
    world.record("runs", Status.PROCESSING)
    running = Lease("t-1", datetime.now(UTC) + timedelta(minutes=1))
    world.record("stops", Status.CANCELLING, lease=running)
    world.record("may-succeed")
    world.record("never", retryable=False)
    rows = {one["id"]: one for one in state.look(deployed, memory)["commands"]}
    cancellable = {key for key, one in rows.items() if one["cancellable"]}
    assert cancellable == {"queued", "waits", "waits again", "runs"}
    assert {key for key, one in rows.items() if one["redrivable"]} == {"may-succeed"}


def test_schedules_are_told_with_their_next_time_and_last_run(deployed: Deployed) -> None:
    """None where the deployment has none; trouble with them is said in their place."""
    assert state.look(deployed, Memory())["schedules"] == []
    aws, records = FakeScheduler(), FakeTable()
    aws.schedules["nightly"] = schedule("nightly", "0 2 * * ? *", "Europe/Berlin")
    aws.schedules["weekly"] = schedule("weekly", "0 6 ? * 2 *", State="DISABLED")
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    records.run("nightly:2026-03-28T01:00:00Z", "FAILED", "skipped")
    known = of(OUTPUTS, aws, records, "--local", "make up")
    assert scheduled.rows(known, now=now) == [
        {
            "name": "nightly",
            "problem": "",
            "cron": "0 2 * * ? *",
            "zone": "Europe/Berlin",
            "paused": False,
            # The night between has no two o'clock.
            "next": "2026-03-30T00:00:00.000Z",
            "last": {"id": "nightly:2026-03-28T01:00:00Z", "status": "FAILED (skipped)"},
        },
        {
            "name": "weekly",
            "problem": "",
            "cron": "0 6 ? * 2 *",
            "zone": "UTC",
            "paused": True,
            "next": None,
            "last": None,
        },
    ]
    aws.schedules = {"odd": schedule("odd", "0 0 32 * ? *")}
    (told,) = scheduled.rows(known, now=now)
    assert "does not understand" in told["problem"]
    aws.schedules.clear()
    assert scheduled.rows(known, now=now) == []
