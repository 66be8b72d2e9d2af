"""Recurring schedules: they fire, a repetition changes nothing, and they pause and go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.changes import applied
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

# Some UTC offset that is no whole hour.
_EACH_MINUTE = {
    "cron": "* * * * ? *",
    "timezone": "Asia/Kathmandu",
    "type": "echo",
    "input": json.dumps({"for": "<aws.scheduler.scheduled-time>"}),
}
_FIRES_SECONDS = 150


def _schedules(**own: Any) -> dict[str, Any]:
    return {"commands": {"schedules": {"each-minute": {**_EACH_MINUTE, **own}}}}


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_schedule_fires_once_for_each_time_until_it_is_paused(environment: Environment) -> None:
    """The run is named by its time, a repeated firing is no second run, nothing is left behind."""
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

    applied(environment, _schedules(enabled=False))
    found = scheduler.get_schedule(Name="each-minute", GroupName=group)
    assert found["State"] == "DISABLED"
    sent = json.loads(found["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", at))
    environment.client("sqs").send_message(**{**sent, "QueueUrl": outputs["sqs_queue_url"]})
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    again = environment.api.get(command_id).json()
    assert (again["attempts"], again["updatedAt"]) == (1, first["updatedAt"])

    applied(environment, {})
    assert group not in {one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]}
    left = environment.client("sqs").list_queues().get("QueueUrls", [])
    assert not [url for url in left if url.endswith(group)]
