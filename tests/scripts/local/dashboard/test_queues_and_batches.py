"""What the page is told of several queues, and of batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.adapters.dynamodb.batches import DynamoDBBatches
from command_api.domain.batches import Batch, Follower, Move, When
from command_api.domain.model import Status
from scripts.local.dashboard import batched, waiting
from tests.builders import LATER
from tests.scripts.dlq.world import Client, World
from tests.scripts.local.dashboard.test_state import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.local.dashboard.deployed import Deployed
    from tests.scripts.local.dashboard.site import Site

NOW = datetime(2030, 1, 2, 3, tzinfo=UTC)


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


@pytest.fixture
def store(clients: dict[str, Any]) -> DynamoDBBatches:
    """The empty table of batches."""
    clients["dynamodb"].create_table(
        TableName="batches",
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "part", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "part")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoDBBatches(clients["dynamodb"], "batches")


def batch(number: int) -> Batch:
    """A batch of four, each created a minute after the one before."""
    return Batch(
        id=f"key-{number}",
        total=4,
        created_at=NOW + timedelta(minutes=number),
        work="w",
        purge_at=LATER,
        when=When.ALL,
    )


def test_the_latest_batches_are_shown_as_the_api_shows_them(store: DynamoDBBatches) -> None:
    """With their shares, the newest first."""
    for number in range(7):
        store.create(batch(number), Follower(When.ALL, "echo", {"secret": "not shown"}))
    moves = [
        Move("key-6", f"{place:021}", Status.PROCESSING, Status.COMPLETED) for place in range(2)
    ]
    store.count("shard-1", moves, keep_until=LATER)

    found = batched.rows(store.client, "batches", now=NOW + timedelta(hours=1))

    assert [one["id"] for one in found] == ["key-6", "key-5", "key-4", "key-3", "key-2"]
    assert (found[0]["share"], found[0]["counts"]["completed"]) == (0.5, 2)
    assert (found[1]["share"], found[1]["then"]["sent"]) == (0.0, False)
    assert "not shown" not in str(found)


def test_a_deployment_without_batches_has_none(store: DynamoDBBatches) -> None:
    """No table, or one that an apply has taken away since."""
    assert batched.rows(store.client, "", now=NOW) == []
    assert batched.rows(store.client, "gone", now=NOW) == []
