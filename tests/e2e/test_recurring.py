"""Recurring schedules: they fire, a repetition changes nothing, and they pause and go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from scripts.schedules import report
from scripts.schedules.deployed import schedules_of
from tests.e2e.changes import applied
from tests.live import eventually
from tests.targets import target

if TYPE_CHECKING:
    from tests.environment import Environment

# Some UTC offset that is no whole hour.
_EACH_MINUTE = {
    "cron": "* * * * ? *",
    "timezone": "Asia/Kathmandu",
    "type": "echo",
    "input": json.dumps({"for": "<aws.scheduler.scheduled-time>"}),
}
# Never by itself in the time of this test.
_SLOW = {
    "cron": "0 0 1 1 ? 2199",
    "type": "demo",
    "input": json.dumps({"sleep_seconds": 10}),
    "overlap": "skip",
}
_FIRES_SECONDS = 150


def _schedules(**own: Any) -> dict[str, Any]:
    return {"commands": {"schedules": {"each-minute": {**_EACH_MINUTE, **own}, "slow": _SLOW}}}


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_schedule_fires_once_for_each_time_until_it_is_paused(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run is named by its time, a repeated firing is no second run, nothing is left behind.

    The operator's tool sees what has fired. A run that would overlap another one is skipped.
    """
    outputs = applied(environment, _schedules())
    group = f"{outputs['sqs_queue_arn'].rpartition(':')[2]}-recurring"
    scheduler, table = environment.client("scheduler"), environment.client("dynamodb")

    def run() -> dict[str, Any] | None:
        pages = table.get_paginator("scan").paginate(
            TableName=outputs["dynamodb_table_name"],
            FilterExpression="begins_with(id, :name) AND #status = :ended",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":name": {"S": "each-minute:"},
                ":ended": {"S": "COMPLETED"},
            },
        )
        return next((item for page in pages for item in page["Items"]), None)

    command_id = eventually(run, seconds=_FIRES_SECONDS)["id"]["S"]
    at = command_id.partition(":")[2]
    assert datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= datetime.now(UTC)
    first = environment.api.get(command_id).json()
    assert (first["type"], first["attempts"]) == ("echo", 1)
    assert at in json.dumps(first["result"])

    deployed = schedules_of(target(outputs, environment.client))
    known = deployed.get("each-minute")
    assert command_id in known.last_fired(5, now=datetime.now(UTC))
    report.show_all(deployed, now=datetime.now(UTC))
    assert "COMPLETED" in capsys.readouterr().out
    deployed.set_state(known, "DISABLED")
    assert scheduler.get_schedule(Name="each-minute", GroupName=group)["State"] == "DISABLED"

    slow = scheduler.get_schedule(Name="slow", GroupName=group)

    def fire(at: str) -> str:
        sent = json.loads(slow["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", at))
        environment.client("sqs").send_message(**{**sent, "QueueUrl": outputs["sqs_queue_url"]})
        return f"slow:{at}"

    def status(command_id: str, *wanted: str) -> Any:
        answer = environment.api.get(command_id)
        return answer.status == HTTPStatus.OK and answer.json()["status"] in wanted

    working = fire("2199-01-01T00:00:00Z")
    eventually(lambda: status(working, "PROCESSING"))
    second = fire("2199-01-02T00:00:00Z")
    eventually(lambda: status(second, "FAILED"))
    assert environment.api.get(second).json()["error"]["code"] == "skipped"
    eventually(lambda: status(working, "COMPLETED"))
    third = fire("2199-01-03T00:00:00Z")
    eventually(lambda: status(third, "COMPLETED"))
    assert environment.depth("sqs_dlq_url") == 0

    applied(environment, _schedules(enabled=False))
    found = scheduler.get_schedule(Name="each-minute", GroupName=group)
    assert found["State"] == "DISABLED"
    repeated = json.loads(found["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", at))
    environment.client("sqs").send_message(**{**repeated, "QueueUrl": outputs["sqs_queue_url"]})
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    again = environment.api.get(command_id).json()
    assert (again["attempts"], again["updatedAt"]) == (1, first["updatedAt"])

    applied(environment, {})
    assert group not in {one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]}
    left = environment.client("sqs").list_queues().get("QueueUrls", [])
    assert not [url for url in left if url.endswith(group)]
