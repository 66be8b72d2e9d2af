"""A FIFO queue's groups keep their order, whatever happens to their commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from pytest_terraform import terraform

from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.domain.model import Command, Status
from tests.live import eventually

if TYPE_CHECKING:
    from pytest_terraform.tf import TerraformTestApi

Work = tuple[str, str, dict[str, Any]]


def run(applied: TerraformTestApi, *work: Work) -> dict[str, Command]:
    """Send commands (id, group, drill input) in this order, and wait for the end of all."""
    outputs = {name: output["value"] for name, output in applied.outputs.items()}
    sqs = boto3.client("sqs")
    for command_id, group, drill in work:
        sqs.send_message(
            QueueUrl=outputs["queue_url"],
            MessageBody=json.dumps({"type": "drill", "input": drill}),
            MessageGroupId=group,
            MessageDeduplicationId=command_id,
            MessageAttributes={"command_id": {"DataType": "String", "StringValue": command_id}},
        )
    store = DynamoDBCommands(boto3.client("dynamodb"), outputs["table"], "expiresAt")

    def ended() -> dict[str, Command] | None:
        found = {command_id: store.get(command_id) for command_id, _, _ in work}
        done = {name: one for name, one in found.items() if one and one.status.terminal}
        return done if len(done) == len(work) else None

    return eventually(ended, seconds=60)


def names(*suffixes: str) -> list[str]:
    """Ids that no other test uses."""
    unique = uuid4().hex[:8]
    return [f"{unique}-{suffix}" for suffix in suffixes]


@terraform("fifo", scope="session")
def test_a_group_waits_for_its_failing_command(fifo: TerraformTestApi) -> None:
    """A command that fails twice holds its group back, in order, and no other group."""
    first, second, third, other = names("first", "second", "third", "other")
    ended = run(
        fifo,
        (first, "a", {"fail_attempts": 2}),
        (second, "a", {}),
        (third, "a", {}),
        (other, "b", {}),
    )
    times = {name: one.completed_at for name, one in ended.items()}
    assert {one.status for one in ended.values()} == {Status.COMPLETED}
    assert ended[first].attempts == 3
    assert ended[second].attempts == ended[third].attempts == 1
    assert times[first] < times[second] < times[third]  # type: ignore[operator]
    assert times[other] < times[first]  # type: ignore[operator]


@terraform("fifo", scope="session")
def test_a_dead_letter_lets_its_group_go_on(fifo: TerraformTestApi) -> None:
    """A command that fails for good goes to the dead-letter queue, and only it."""
    dead, next_one = names("dead", "next")
    ended = run(fifo, (dead, "c", {"fail_attempts": 99}), (next_one, "c", {}))
    assert ended[dead].status is Status.FAILED
    assert ended[next_one].status is Status.COMPLETED
    assert ended[dead].completed_at < ended[next_one].completed_at  # type: ignore[operator]
    answer = boto3.client("sqs").receive_message(
        QueueUrl=fifo.outputs["dlq_url"]["value"],
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=10,
        WaitTimeSeconds=5,
    )
    letters = [one["MessageAttributes"]["command_id"]["StringValue"] for one in answer["Messages"]]
    assert letters == [dead]


@terraform("fifo", scope="session")
def test_a_rejected_command_does_not_hold_its_group_back(fifo: TerraformTestApi) -> None:
    """What can never succeed is recorded, and the group goes on."""
    rejected, next_one = names("rejected", "next")
    ended = run(fifo, (rejected, "d", {"reject": True}), (next_one, "d", {}))
    assert ended[rejected].status is Status.FAILED
    assert ended[next_one].status is Status.COMPLETED
    assert ended[next_one].attempts == 1
