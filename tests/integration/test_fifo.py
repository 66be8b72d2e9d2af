"""A FIFO queue's groups keep their order, whatever happens to their commands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from pytest_terraform import terraform

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.domain.envelope import resolved, value
from command_api.domain.model import Command, Status
from scripts.aws_session import client_of
from scripts.commands.api import CommandsApi
from tests.e2e.roles import without
from tests.live import eventually

if TYPE_CHECKING:
    from pytest_terraform.tf import TerraformTestApi

Work = tuple[str, str, dict[str, Any]]
NEVER = datetime.max.replace(tzinfo=UTC)


class Account:
    """The account that this process's environment points at."""

    def client(self, service: str) -> Any:
        """A boto3 client."""
        return client_of(boto3.Session(), service)


def send(applied: TerraformTestApi, *work: Work) -> None:
    """Send commands (id, group, input) in this order."""
    sqs = boto3.client("sqs")
    for command_id, group, given in work:
        sqs.send_message(
            QueueUrl=applied.outputs["queue_url"]["value"],
            MessageBody=json.dumps({"type": "demo", "input": given}),
            MessageGroupId=group,
            MessageDeduplicationId=command_id,
            MessageAttributes={"command_id": {"DataType": "String", "StringValue": command_id}},
        )


def store(applied: TerraformTestApi) -> DynamoDBCommands:
    """The worker's table."""
    table = applied.outputs["table"]["value"]
    return DynamoDBCommands(boto3.client("dynamodb"), table, "expiresAt")


def run(applied: TerraformTestApi, *work: Work) -> dict[str, Command]:
    """Send commands, and wait for the end of all."""
    send(applied, *work)
    return outcomes(applied, *[command_id for command_id, _, _ in work])


def outcomes(applied: TerraformTestApi, *command_ids: str) -> dict[str, Command]:
    """The commands, once all of them have ended."""

    def look() -> dict[str, Command] | None:
        found = {command_id: store(applied).get(command_id) for command_id in command_ids}
        done = {name: one for name, one in found.items() if one and one.status.terminal}
        return done if len(done) == len(command_ids) else None

    return eventually(look, seconds=60)


def put(applied: TerraformTestApi, command_id: str, given: dict[str, Any], **headers: str) -> int:
    """Submit a command over HTTP; the status of the answer."""
    api = CommandsApi(applied.outputs["commands_endpoint"]["value"])
    return api.put(command_id, json.dumps({"type": "demo", "input": given}), **headers).status


def names(*suffixes: str) -> list[str]:
    """Ids that no other test uses."""
    unique = uuid4().hex[:8]
    return [f"{unique}-{suffix}" for suffix in suffixes]


def dead_letter_messages(applied: TerraformTestApi) -> list[str]:
    """The commands of the dead-letter messages, which are taken out of their queue."""
    sqs, url = boto3.client("sqs"), applied.outputs["dlq_url"]["value"]
    answer = sqs.receive_message(
        QueueUrl=url,
        MessageAttributeNames=["All"],
        AttributeNames=["All"],
        MaxNumberOfMessages=10,
        WaitTimeSeconds=0,
    )
    found: list[Any] = [*answer.get("Messages", [])]
    for one in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return [
        value(resolved(one["MessageAttributes"], one["Attributes"]), "command_id") for one in found
    ]


def refusals(applied: TerraformTestApi) -> list[str]:
    """What the worker's log says of calls to SendMessage that failed."""
    group = applied.outputs["worker_log_group"]["value"]
    pages = boto3.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    lines = [event["message"] for page in pages for event in page["events"]]
    return [line for line in lines if "SendMessage" in line and "AccessDenied" in line]


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
    assert eventually(lambda: dead_letter_messages(fifo)) == [dead]


@terraform("fifo", scope="session")
def test_a_dead_letter_needs_its_grant(fifo: TerraformTestApi) -> None:
    """Without its grant a failed command stays at the head of its group, and nothing is lost."""
    dead, next_one = names("dead", "next")
    role = fifo.outputs["worker_role"]["value"]
    with without(Account(), role, "sqs:SendMessage"):
        send(fifo, (dead, "e", {"fail_attempts": 99}), (next_one, "e", {}))
        eventually(lambda: refusals(fifo))
        assert dead_letter_messages(fifo) == []
        assert store(fifo).get(next_one) is None
    assert eventually(lambda: dead_letter_messages(fifo), seconds=60) == [dead]
    assert eventually(lambda: store(fifo).get(next_one)).attempts == 1


@terraform("fifo", scope="session")
def test_the_header_names_the_group(fifo: TerraformTestApi) -> None:
    """Commands that are submitted over HTTP keep the order of their requests."""
    ids = names("first", "second", "third")
    demos: list[dict[str, Any]] = [{"fail_attempts": 1}, {}, {}]
    answers = [
        put(fifo, command_id, given, **{"x-message-group-id": "f"})
        for command_id, given in zip(ids, demos, strict=True)
    ]
    assert answers == [202, 202, 202]
    commands = outcomes(fifo, *ids)
    assert commands[ids[0]].attempts == 2
    assert sorted(ids, key=lambda one: commands[one].completed_at or NEVER) == ids


@terraform("fifo", scope="session")
def test_a_request_without_a_group_is_refused(fifo: TerraformTestApi) -> None:
    """It would have no place in any order."""
    [lost] = names("lost")
    assert put(fifo, lost, {}) == 400


@terraform("fifo", scope="session")
def test_a_rejected_command_does_not_hold_its_group_back(fifo: TerraformTestApi) -> None:
    """What can never succeed is recorded, and the group goes on."""
    rejected, next_one = names("rejected", "next")
    ended = run(fifo, (rejected, "d", {"reject": True}), (next_one, "d", {}))
    assert ended[rejected].status is Status.FAILED
    assert ended[next_one].status is Status.COMPLETED
    assert ended[next_one].attempts == 1
