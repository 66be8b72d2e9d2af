"""EventBridge Scheduler: what a firing sends to a queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scripts.prove.assumption import NotTried, Refuted, assumed, expect
from scripts.prove.gateways import created_role, grant
from scripts.prove.lambdas import function, function_role, once_allowed

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
    "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html",
    means="Clients see no list of their schedules, or read back another input than they wrote.",
    plan_b="api.schedules = false: declare schedules in Terraform, by commands.schedules.",
)
def schedules_are_found_by_the_prefix_of_their_names(scene: Scene) -> str:
    """NamePrefix selects names with a full stop, and GetSchedule tells the input as written."""
    client, url = scene.client("scheduler"), scene.queue()
    _, role = created_role(scene, {"Service": "scheduler.amazonaws.com"})
    base = scene.run.name()
    text = json.dumps({"QueueUrl": url, "MessageBody": "<aws.scheduler.scheduled-time> ä"})
    written = text.replace(" \\u00e4", " \\u003c")
    for name in (f"{base}.a", f"{base}-b"):
        asked = {
            "Name": name,
            "State": "DISABLED",
            "ScheduleExpression": "cron(0 0 1 1 ? 2199)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                "RoleArn": role,
                "Input": written,
            },
        }
        scene.temporary.make(
            name,
            partial(once_allowed, scene, partial(_created, client, asked)),
            partial(client.delete_schedule, Name=name),
        )
    page = client.list_schedules(GroupName="default", NamePrefix=f"{base}.", MaxResults=100)
    names = [one["Name"] for one in page["Schedules"]]
    expect(names == [f"{base}.a"], f"listed {names}")
    found = client.get_schedule(Name=f"{base}.a")["Target"]["Input"]
    expect(found == written, found)
    return f"listed {len(names)} of 2, and its input as it was written"


def _created(client: Any, asked: dict[str, Any]) -> str:  # noqa: ANN401 - boto3's own
    return str(client.create_schedule(**asked)["ScheduleArn"])


@assumed(
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html",
    means="PUT /schedules/{id} refuses each timezone but UTC as unknown.",
    plan_b="Add tzdata to src/requirements.in, run make lock, and package again.",
)
def functions_know_the_time_zones(scene: Scene) -> str:
    """The runtime of Python has the IANA database, which a zip need not bring."""
    code = (
        "from zoneinfo import ZoneInfo\n"
        "def handler(event, context):\n"
        "    return [str(ZoneInfo(name)) for name in event]\n"
    )
    name, _ = function(scene, function_role(scene)[1], code)
    zones = ["UTC", "Europe/Berlin", _ZONE, "America/Argentina/Buenos_Aires"]
    answer = scene.client("lambda").invoke(FunctionName=name, Payload=json.dumps(zones))
    found = json.load(answer["Payload"])
    expect(found == zones, str(found))
    return f"found {len(zones)} of {len(zones)}"


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
