"""EventBridge Scheduler in the emulator: refusals, rights, pages, and what arrives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"


@dataclass
class Scheduler:
    """A group, a queue, and a role that may send to it."""

    aws: Aws
    group: str
    queue: Queue
    role: str

    @property
    def client(self) -> Any:
        """The client as the account's root."""
        return self.aws.client("scheduler")

    def create(self, *, seconds: Any = 0.5, client: Any = None, **changed: Any) -> str:
        """Create a one-time schedule that sends "hello" to the queue; its name."""
        name: str = changed.pop("Name", f"schedule-{uuid4().hex[:8]}")
        at = datetime.now(UTC) + timedelta(seconds=seconds + 1)
        target = {"Arn": self.queue.arn, "RoleArn": self.role, "Input": "hello"}
        wanted = {
            "GroupName": self.group,
            "ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            **changed,
            "Target": {**target, **changed.get("Target", {})},
        }
        (client or self.client).create_schedule(Name=name, **wanted)
        return name

    def names(self) -> list[str]:
        """All schedules of the group."""
        pages = self.client.get_paginator("list_schedules").paginate(GroupName=self.group)
        return [one["Name"] for page in pages for one in page["Schedules"]]

    def universal(self, **message: Any) -> dict[str, Any]:
        """A target that calls SendMessage with its whole request."""
        wanted = {"QueueUrl": self.queue.url, "MessageBody": "hello", **message}
        return {"Arn": UNIVERSAL, "Input": json.dumps(wanted)}


@pytest.fixture
def scheduler(aws: Aws) -> Scheduler:
    """An empty group."""
    name = f"group-{uuid4().hex[:8]}"
    aws.client("scheduler").create_schedule_group(Name=name)
    queue = aws.queue()
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
    return Scheduler(aws, name, queue, aws.role("scheduler.amazonaws.com", allowed))


def test_a_universal_target_sends_a_message_with_attributes(scheduler: Scheduler) -> None:
    """And the schedule that is told to is gone afterwards."""
    attributes = {"command_id": {"DataType": "String", "StringValue": "c-1"}}
    target = scheduler.universal(MessageAttributes=attributes)
    scheduler.create(Target=target, ActionAfterCompletion="DELETE")

    received = scheduler.aws.receive(scheduler.queue)
    assert received["Body"] == "hello"
    assert received["MessageAttributes"]["command_id"]["StringValue"] == "c-1"
    eventually(lambda: not scheduler.names())


def test_a_one_time_schedule_stays_where_it_is_not_told_to_go(scheduler: Scheduler) -> None:
    """It has a zone, and fires once."""
    berlin = datetime.now(UTC) + timedelta(seconds=1.5)
    name = scheduler.create(
        ScheduleExpression=f"at({berlin + timedelta(hours=9):%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone="Asia/Tokyo",
    )
    assert scheduler.aws.receive(scheduler.queue)["Body"] == "hello"
    assert scheduler.names() == [name]


def test_context_attributes_are_filled_in(scheduler: Scheduler) -> None:
    """The names in angle brackets."""
    target = {"Input": "<aws.scheduler.schedule-arn> <aws.scheduler.attempt-number>"}
    name = scheduler.create(Target=target)
    arn = scheduler.client.get_schedule(Name=name, GroupName=scheduler.group)["Arn"]
    assert scheduler.aws.receive(scheduler.queue)["Body"] == f"{arn} 1"


def test_a_rate_fires_at_once_and_a_function_gets_its_input(scheduler: Scheduler, aws: Aws) -> None:
    """With the role's right to invoke it."""
    code = f"""
import os, boto3
def handler(event, context):
    sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    sqs.send_message(QueueUrl="{scheduler.queue.url}", MessageBody=event["from"])
"""
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": scheduler.queue.arn}
    function = aws.function(code, role=aws.role("lambda.amazonaws.com", sends), timeout=20)
    arn = aws.client("lambda").get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    invokes = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    role = aws.role("scheduler.amazonaws.com", invokes)
    scheduler.create(
        ScheduleExpression="rate(1 hours)",
        Target={"Arn": arn, "RoleArn": role, "Input": '{"from": "schedule"}'},
    )
    assert eventually(lambda: aws.depth(scheduler.queue) or None) == 1
    assert aws.receive(scheduler.queue)["Body"] == "schedule"


def test_what_a_role_may_not_do_is_put_aside(scheduler: Scheduler, aws: Aws) -> None:
    """The dead-letter queue says why; the role needs the right to send there."""
    dead = aws.queue()
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": dead.arn}
    role = aws.role("scheduler.amazonaws.com", allowed)
    name = scheduler.create(
        ActionAfterCompletion="DELETE",
        Target={"RoleArn": role, "DeadLetterConfig": {"Arn": dead.arn}},
    )
    lost = aws.receive(dead)
    assert lost["Body"] == "hello"
    attributes = {key: one["StringValue"] for key, one in lost["MessageAttributes"].items()}
    assert attributes["SCHEDULE_ARN"].endswith(f"{scheduler.group}/{name}")
    assert "AccessDenied" in attributes["ERROR_CODE"]
    assert aws.depth(scheduler.queue) == 0


def test_a_message_that_sqs_refuses_is_put_aside(scheduler: Scheduler, aws: Aws) -> None:
    """Its rules hold for a schedule's messages, too."""
    dead = aws.queue()
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    target = scheduler.universal(DelaySeconds=901)
    target["RoleArn"] = aws.role("scheduler.amazonaws.com", allowed)
    target["DeadLetterConfig"] = {"Arn": dead.arn}
    scheduler.create(Target=target)
    attributes = aws.receive(dead)["MessageAttributes"]
    assert "DelaySeconds" in attributes["ERROR_MESSAGE"]["StringValue"]


def test_a_deleted_or_disabled_schedule_fires_no_more(scheduler: Scheduler) -> None:
    """An enabled one beside them does."""
    gone = scheduler.create()
    off = scheduler.create(State="DISABLED", Target={"Input": "off"})
    scheduler.client.delete_schedule(Name=gone, GroupName=scheduler.group)
    later = scheduler.create(seconds=1, Target={"Input": "later"})
    assert scheduler.aws.receive(scheduler.queue)["Body"] == "later"
    assert scheduler.aws.depth(scheduler.queue) == 0
    assert set(scheduler.names()) == {off, later}


def test_a_client_token_makes_a_call_once(scheduler: Scheduler) -> None:
    """The same request again gets the same answer; another request is a conflict."""
    fixed: dict[str, Any] = {"ScheduleExpression": "at(2099-01-01T00:00:00)", "Name": "it"}
    scheduler.create(ClientToken="t-1", **fixed)
    scheduler.create(ClientToken="t-1", **fixed)
    for changed in ({"ClientToken": "t-1", "Description": "other"}, {}):
        with pytest.raises(scheduler.client.exceptions.ConflictException):
            scheduler.create(**fixed, **changed)


def test_lists_come_in_pages(scheduler: Scheduler) -> None:
    """A hundred on each."""
    for number in range(101):
        scheduler.create(Name=f"s-{number:03}", ScheduleExpression="at(2099-01-01T00:00:00)")
    page = scheduler.client.list_schedules(GroupName=scheduler.group)
    assert (len(page["Schedules"]), "NextToken" in page) == (100, True)
    assert scheduler.names() == [f"s-{number:03}" for number in range(101)]


def test_a_group_has_tags_and_takes_its_schedules_along(scheduler: Scheduler) -> None:
    """The tagging API lists it, and what is unknown is refused."""
    client = scheduler.client
    arn = client.get_schedule_group(Name=scheduler.group)["Arn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "Team", "Value": scheduler.group}])
    listed = scheduler.aws.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "Team", "Values": [scheduler.group]}]
    )
    assert [one["ResourceARN"] for one in listed["ResourceTagMappingList"]] == [arn]
    client.untag_resource(ResourceArn=arn, TagKeys=["Team"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    name = scheduler.create(ScheduleExpression="at(2099-01-01T00:00:00)")
    client.delete_schedule_group(Name=scheduler.group)
    for call in (
        lambda: client.get_schedule_group(Name=scheduler.group),
        lambda: client.get_schedule(Name=name, GroupName=scheduler.group),
        lambda: client.delete_schedule(Name="none"),
        scheduler.create,
    ):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            call()


def test_an_update_replaces_everything(scheduler: Scheduler) -> None:
    """What it leaves out has its default again."""
    name = scheduler.create(ScheduleExpression="at(2099-01-01T00:00:00)", Description="first")
    target = {"Arn": scheduler.queue.arn, "RoleArn": scheduler.role, "Input": "changed"}
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    scheduler.client.update_schedule(
        Name=name,
        GroupName=scheduler.group,
        ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    assert scheduler.aws.receive(scheduler.queue)["Body"] == "changed"
    found = scheduler.client.get_schedule(Name=name, GroupName=scheduler.group)
    assert "Description" not in found


@pytest.mark.parametrize(
    "changed",
    [
        {"ScheduleExpression": "every(5 minutes)"},
        {"ScheduleExpression": "cron(0 25 * * ? *)"},
        {"ScheduleExpressionTimezone": "Mars/Olympus"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
        {"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 1}},
        {"Name": "bad name!"},
        {"Name": "x" * 65},
        {"ScheduleExpression": "rate(1 day)", "EndDate": datetime(2020, 1, 1, tzinfo=UTC)},
        {"ScheduleExpression": "rate(1 day)", "StartDate": datetime(2020, 1, 1, tzinfo=UTC)},
        {"ActionAfterCompletion": "EXPLODE"},
        {"Target": {"Input": "x" * (256 * 1024 + 1)}},
        {"Target": {"Arn": UNIVERSAL, "Input": "no JSON"}},
        {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:nope:doIt", "Input": "{}"}},
        {"Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:x.fifo"}},
        {"Target": {"RetryPolicy": {"MaximumRetryAttempts": 186}}},
        {"Target": {"RoleArn": "arn:aws:iam::000000000000:role/nobody"}},
    ],
)
def test_what_aws_refuses_is_refused(scheduler: Scheduler, changed: dict[str, Any]) -> None:
    """With its one code for all of it."""
    with pytest.raises(ClientError, match="ValidationException"):
        scheduler.create(**changed)


def test_a_role_must_trust_the_scheduler(scheduler: Scheduler) -> None:
    """One for functions does not."""
    role = scheduler.aws.role("lambda.amazonaws.com")
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume"):
        scheduler.create(Target={"RoleArn": role})


@pytest.mark.parametrize(
    ("source", "trusted"),
    [
        ({"aws:SourceArn": "schedule-group/GROUP", "aws:SourceAccount": "000000000000"}, True),
        ({"aws:SourceArn": "schedule-group/default"}, False),
        ({"aws:SourceArn": "schedule/GROUP/it"}, False),
        ({"aws:SourceAccount": "111122223333"}, False),
    ],
)
def test_a_role_can_be_held_to_one_group(
    scheduler: Scheduler, source: dict[str, str], *, trusted: bool
) -> None:
    """Its trust policy has a condition on the group's ARN, not on a schedule's."""
    equals = {
        key: f"arn:aws:scheduler:us-east-1:000000000000:{value.replace('GROUP', scheduler.group)}"
        if "/" in value
        else value
        for key, value in source.items()
    }
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": scheduler.queue.arn}
    role = scheduler.aws.role(
        "scheduler.amazonaws.com", allowed, condition={"StringEquals": equals}
    )
    target = {"RoleArn": role}
    if trusted:
        scheduler.create(Name="it", Target=target)
        assert scheduler.aws.receive(scheduler.queue)["Body"] == "hello"
        return
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume"):
        scheduler.create(Name="it", Target=target)


def test_rights_are_for_a_group_and_for_the_role_that_is_passed(scheduler: Scheduler) -> None:
    """Whoever may schedule in one group with one role may do nothing else."""
    arn = f"arn:aws:scheduler:us-east-1:000000000000:schedule/{scheduler.group}/*"
    creates = {"Effect": "Allow", "Action": "scheduler:CreateSchedule", "Resource": arn}
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": scheduler.role}
    both, alone = _as_role(scheduler.aws, creates, passes), _as_role(scheduler.aws, creates)
    future: dict[str, Any] = {"ScheduleExpression": "at(2099-01-01T00:00:00)"}

    name = scheduler.create(client=both, **future)
    for denied in (
        lambda: scheduler.create(client=alone, **future),
        lambda: scheduler.create(client=both, **future, GroupName="default"),
        lambda: both.delete_schedule(Name=name, GroupName=scheduler.group),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            denied()
    assert scheduler.names() == [name]


def _as_role(aws: Aws, *statements: dict[str, Any]) -> Any:
    role = aws.role("lambda.amazonaws.com", *statements)
    assumed = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="it")["Credentials"]
    session = aws.session(
        assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]
    )
    return session.client("scheduler", endpoint_url=aws.emulator.endpoint)
