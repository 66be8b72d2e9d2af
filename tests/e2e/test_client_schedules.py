"""Schedules of clients on a live environment: made by API, fired, paused, deleted, and all gone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
import requests

from command_client import Refused, delete_schedule, put_schedule, schedule, schedules
from scripts.schedules.deployed import schedules_of
from tests.e2e.changes import applied
from tests.e2e.deliveries import allowed
from tests.live import eventually
from tests.targets import target

if TYPE_CHECKING:
    from command_client import ScheduleRequest
    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(2400)]
VALIDATED = {"submission": "validated"}
ON: dict[str, Any] = {"api": {**VALIDATED, "schedules": True, "schedules_per_owner": 2}}
# Some UTC offset that is no whole hour.
EACH_MINUTE: ScheduleRequest = {
    "cron": "* * * * ? *",
    "timezone": "Asia/Kathmandu",
    "type": "echo",
    "input": {"for": "<aws.scheduler.scheduled-time>"},
}
# The next minute may begin in a minute, and a slow machine takes its time.
FIRES_SECONDS = 180
YEARLY: ScheduleRequest = {"cron": "0 0 29 2 ? *", "type": "echo", "overlap": "skip"}


def test_clients_make_schedules_that_fire_and_go(environment: Environment) -> None:
    """Once for each time; with a limit and pages; an apply leaves them, the setting takes them."""
    outputs = applied(environment, ON)
    api: str = outputs["api_endpoint"]
    group = f"{outputs['sqs_queue_arn'].rpartition(':')[2]}-api"
    scheduler = environment.client("scheduler")

    begun = datetime.now(UTC)
    made = put_schedule(api, "each-minute", EACH_MINUTE)
    run = made["nextRuns"][0]
    at = datetime.fromisoformat(run["at"])
    assert begun < at <= begun + timedelta(minutes=1, seconds=30)

    def fired() -> dict[str, Any] | None:
        answer = environment.api.get(run["id"])
        found: dict[str, Any] = answer.json() if answer.status == HTTPStatus.OK else {}
        return found if found.get("status") in ("COMPLETED", "FAILED") else None

    ended = eventually(fired, seconds=FIRES_SECONDS)
    assert (ended["status"], ended["attempts"]) == ("COMPLETED", 1)
    assert run["id"].partition(":")[2] in json.dumps(ended["result"])
    late = datetime.fromisoformat(ended["updatedAt"]) - at
    print(f"{run['id']} ended {late.total_seconds():.1f} s after its time")
    paused = put_schedule(api, "each-minute", {**EACH_MINUTE, "enabled": False})
    assert (paused["enabled"], paused["nextRuns"]) == (False, [])

    # The same firing once more.
    known = scheduler.get_schedule(Name="api.each-minute", GroupName=group)
    again = run["id"].partition(":")[2]
    text = known["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", again)
    environment.client("sqs").send_message(
        **{**json.loads(text), "QueueUrl": outputs["sqs_queue_url"]}
    )
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    assert environment.api.get(run["id"]).json()["updatedAt"] == ended["updatedAt"]

    put_schedule(api, "yearly", YEARLY)
    assert [one["id"] for one in schedules(api)] == ["each-minute", "yearly"]
    page = requests.get(f"{api}/schedules", params={"limit": "1"}, timeout=30).json()
    assert (page["next"], len(page["schedules"])) == ("each-minute", 1)
    with pytest.raises(Refused, match="2 schedules"):
        put_schedule(api, "one-more", YEARLY)
    with pytest.raises(Refused, match="#/timezone"):
        put_schedule(api, "yearly", {**YEARLY, "timezone": "Europe/Berlim"})
    tool = schedules_of(target(outputs, environment.client))
    assert tool.names() == ["api.each-minute", "api.yearly"]

    # Its role may change this group alone.
    now, of_function = replace(environment, outputs=outputs), ("schedules", "scheduler")
    for name in ("get_schedule", "delete_schedule"):
        assert allowed(now, *of_function, name, Name="x", GroupName=group)
        assert not allowed(now, *of_function, name, Name="x", GroupName="other")

    # An apply of something else leaves them as they are.
    applied(environment, {**ON, "sqs_max_receive_count": 4})
    assert schedule(api, "yearly")["overlap"] == "skip"
    delete_schedule(api, "each-minute")
    delete_schedule(api, "each-minute")
    assert [one["id"] for one in schedules(api)] == ["yearly"]

    applied(environment, {"api": VALIDATED})
    assert requests.get(f"{api}/schedules", timeout=30).status_code == 404
    assert group not in {one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]}
