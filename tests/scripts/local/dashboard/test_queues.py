"""What the page is told of several queues."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from scripts.local.dashboard import waiting
from tests.scripts.dlq.world import Client, World
from tests.scripts.local.dashboard.test_state import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.local.dashboard.deployed import Deployed
    from tests.scripts.local.dashboard.site import Site


class Ages:
    """A CloudWatch that knows the age of the oldest message of some queues."""

    def __init__(self, **ages: float) -> None:
        self.ages = ages

    def get_metric_statistics(self, **asked: Any) -> dict[str, Any]:
        """The points of the last minutes, the newest first."""
        assert (asked["Namespace"], asked["MetricName"]) == (
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
        )
        (dimension,) = asked["Dimensions"]
        if dimension["Value"] not in self.ages:
            return {"Datapoints": []}
        age, now = self.ages[dimension["Value"]], datetime.now(UTC)
        older = {"Timestamp": now - timedelta(minutes=1), "Maximum": age + 900}
        return {"Datapoints": [{"Timestamp": now, "Maximum": age}, older]}


@pytest.fixture
def clients() -> Iterator[dict[str, Any]]:
    """SQS and DynamoDB in memory."""
    with mock_aws():
        session = boto3.Session("test", "test", region_name="us-east-1")
        yield {name: session.client(name) for name in ("sqs", "dynamodb")}


@pytest.fixture
def deployed(site: Site, clients: dict[str, Any]) -> Deployed:
    """A deployment with one queue, in which two messages wait."""
    world = World.create(Client(clients["sqs"]), Client(clients["dynamodb"]), fifo=False)
    target: Any = type("Target", (), {**clients, "queue_url": world.queue_url})
    target.dlq_url = world.dlq_url
    for _ in range(2):
        clients["sqs"].send_message(QueueUrl=world.queue_url, MessageBody="{}")
    silent: Any = Silent()
    site.deploy(target=target, mapping=silent)
    return site.find()


def queue(clients: dict[str, Any], name: str) -> dict[str, str]:
    """A queue with a dead-letter queue, as Terraform's outputs name it."""
    urls = [clients["sqs"].create_queue(QueueName=one)["QueueUrl"] for one in (name, f"{name}-dlq")]
    return {"sqs_queue_url": urls[0], "sqs_dlq_url": urls[1]}


def test_one_queue_needs_no_table(deployed: Deployed) -> None:
    """The path of a command has its numbers already."""
    assert waiting.rows(deployed) == []


def test_each_queue_is_told_with_what_waits_in_it(
    deployed: Deployed, clients: dict[str, Any]
) -> None:
    """The default one first; an empty queue has no oldest message, whatever CloudWatch knows."""
    ages: Any = Ages(**{"work-queue": 12.4, "slow": 3.0})
    others = {name: queue(clients, name) for name in ("slow", "high")}
    clients["sqs"].send_message(QueueUrl=others["high"]["sqs_queue_url"], MessageBody="{}")
    clients["sqs"].receive_message(QueueUrl=others["high"]["sqs_queue_url"])
    clients["sqs"].send_message(QueueUrl=others["slow"]["sqs_dlq_url"], MessageBody="{}")
    default = deployed.target.queue_url.rpartition("/")[2]
    ages.ages[default] = 12.4

    found = waiting.rows(replace(deployed, queues=others, cloudwatch=ages))

    assert [tuple(one.values()) for one in found] == [
        ("default", "", 2, 0, 12, 0),
        # No alarm looks at it, so CloudWatch has no age.
        ("high", "", 0, 1, None, 0),
        ("slow", "", 0, 0, 0, 1),
    ]


def test_a_queue_that_is_gone_is_said_in_its_place(
    deployed: Deployed, clients: dict[str, Any]
) -> None:
    """An apply takes it out while the page looks; the others are shown."""
    ages: Any = Ages()
    gone = queue(clients, "gone")
    clients["sqs"].delete_queue(QueueUrl=gone["sqs_queue_url"])
    found = waiting.rows(replace(deployed, queues={"gone": gone}, cloudwatch=ages))
    assert [one["name"] for one in found] == ["default", "gone"]
    assert "queue gone not found" in found[1]["problem"]
