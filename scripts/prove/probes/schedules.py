"""EventBridge Scheduler: what a firing sends to a queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scripts.prove.assumption import NotTried, Refuted, assumed, expect
from scripts.prove.gateways import created_role, grant
from scripts.prove.lambdas import once_allowed

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_GUIDE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide"
_ZONE = "Asia/Kathmandu"
# A schedule fires within the minute that it names.
_SECONDS = 150.0


@assumed(
    f"{_GUIDE}/managing-schedule-context-attributes.html",
    means="Two firings of a recurring schedule have the same id, so only the first one runs.",
    plan_b="commands.schedules = {}: submit from a scheduler of your own, with an id of each time.",
)
def schedule_tells_its_time_in_an_attribute(scene: Scene) -> str:
    """The time's keyword is replaced within an attribute of a message, and zones count."""
    client, url = scene.client("scheduler"), scene.queue()
    name, role = created_role(scene, {"Service": "scheduler.amazonaws.com"})
    grant(scene, name, "sqs:SendMessage", scene.queue_arn(url))
    at = (datetime.now(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
    at += timedelta(minutes=at - datetime.now(UTC) < timedelta(seconds=20))
    local = at.astimezone(ZoneInfo(_ZONE))
    text = {"DataType": "String", "StringValue": "x:<aws.scheduler.scheduled-time>"}
    sent = {"QueueUrl": url, "MessageBody": "{}", "MessageAttributes": {"command_id": text}}
    schedule = scene.run.name()
    scene.temporary.make(
        schedule,
        lambda: once_allowed(
            scene,
            lambda: str(
                client.create_schedule(
                    Name=schedule,
                    ScheduleExpression=f"cron({local.minute} {local.hour} * * ? *)",
                    ScheduleExpressionTimezone=_ZONE,
                    FlexibleTimeWindow={"Mode": "OFF"},
                    Target={
                        "Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                        "RoleArn": role,
                        "Input": json.dumps(sent),
                    },
                )["ScheduleArn"]
            ),
        ),
        lambda: client.delete_schedule(Name=schedule),
    )
    (message,) = scene.until(lambda: scene.received(url), "the schedule fired", _SECONDS)
    found = message["MessageAttributes"]["command_id"]["StringValue"]
    expect(found == f"x:{at:%Y-%m-%dT%H:%M:%SZ}", found)
    return f"command_id {found}"


@assumed(
    f"{_GUIDE}/cross-service-confused-deputy-prevention.html",
    means="Scheduler refuses the schedules of the modules, or cannot send what they send.",
    plan_b="Take the Condition out of scheduler_trust in modules/queue/schedules.tf.",
)
def scheduler_assumes_the_role_for_the_group(scene: Scene) -> str:
    """Scheduler assumes a role whose trust policy asks for the account and the schedule's group."""
    client, url = scene.client("scheduler"), scene.queue()
    group = client.get_schedule_group(Name="default")["Arn"]
    source = {"aws:SourceArn": group, "aws:SourceAccount": group.split(":")[4]}
    service = {"Service": "scheduler.amazonaws.com"}
    name, role = created_role(scene, service, {"StringEquals": source})
    grant(scene, name, "sqs:SendMessage", scene.queue_arn(url))
    schedule = scene.run.name()

    def create() -> str:
        created = client.create_schedule(
            Name=schedule,
            # Again after a minute, should the new grant not be known yet.
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": scene.queue_arn(url), "RoleArn": role, "Input": "sent"},
        )
        return str(created["ScheduleArn"])

    try:
        scene.temporary.make(
            schedule,
            lambda: once_allowed(scene, create),
            lambda: client.delete_schedule(Name=schedule),
        )
    except NotTried as refused:
        if "must allow" in str(refused):
            raise Refuted(str(refused)) from refused
        raise
    (message,) = scene.until(lambda: scene.received(url), "the schedule fired", _SECONDS)
    expect(message["Body"] == "sent", message["Body"])
    return f"accepted and sent for {group.rpartition(':')[2]}"
