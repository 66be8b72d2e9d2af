"""The environment itself: a command through its public API, alarms and metrics."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scripts.framework import waiting
from scripts.prove.assumption import NotTried, assumed, expect
from scripts.prove.commands import accepted
from scripts.prove.scene import PROPAGATION_SECONDS
from scripts.prove.spread import spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.prove.scene import Scene

_METRICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
# On the local stack and on AWS.
_COMMANDS = {True: 10, False: 100}
_METRIC_SECONDS = 300


@dataclass(frozen=True)
class _Command:
    """A command that has ended; times in seconds."""

    id: str
    status: str
    accepted_after: float
    ended_after: float


def _commands(scene: Scene) -> list[_Command]:
    """Commands of the type echo, submitted one after the other, once all have ended."""
    (endpoint,) = scene.target.require("commands_endpoint")
    sent = [_sent(scene) for _ in range(_COMMANDS[scene.local])]
    return [_ended(scene, endpoint, *one) for one in sent]


def _sent(scene: Scene) -> tuple[str, float]:
    began = time.monotonic()
    command_id = accepted(scene)
    return command_id, time.monotonic() - began


def _ended(scene: Scene, endpoint: str, command_id: str, accepted_after: float) -> _Command:
    def look() -> dict[str, str] | None:
        shown: dict[str, str] = scene.http("GET", f"{endpoint}/{command_id}").json()
        return shown if shown.get("status") in waiting.ENDED else None

    shown = scene.until(look, f"command {command_id} ended", PROPAGATION_SECONDS)
    created, ended = (datetime.fromisoformat(shown[key]) for key in ("createdAt", "updatedAt"))
    after = (ended - created).total_seconds()
    return _Command(command_id, shown["status"], accepted_after, after)


@assumed(
    "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
    means="The API does not work in this account.",
    plan_b="docs/troubleshooting.md; then the findings of the other probes.",
)
def commands_complete(scene: Scene) -> str:
    """Commands submitted to the public API are run by the worker and shown by their ids."""
    ended = scene.shared(_commands)
    others = [f"{one.id} {one.status}" for one in ended if one.status != "COMPLETED"]
    expect(not others, f"not completed: {others}")
    accept, end = [one.accepted_after for one in ended], [one.ended_after for one in ended]
    return f"{len(ended)} commands: accepted {spread(accept)}; ended {spread(end)}"


@assumed(
    f"{_METRICS}/API_DescribeAlarms.html",
    means="An alarm that the runbook explains does not exist.",
    plan_b="Apply again.",
)
def alarms_exist(scene: Scene) -> str:
    """Every alarm of the output `alarm_names` exists under its name and has an action."""
    (names,) = scene.target.require("alarm_names")
    answer = scene.client("cloudwatch").describe_alarms(
        AlarmNames=sorted(names.values()), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    acting = {one["AlarmName"] for one in found if one.get("AlarmActions")}
    missing = sorted(set(names.values()) - acting)
    expect(not missing, f"without alarm or action: {missing}")
    return f"{len(acting)} alarms"


def _metrics(scene: Scene) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    """Namespace, name and dimensions of each metric that an alarm looks at."""
    (names,) = scene.target.require("alarm_names")
    answer = scene.client("cloudwatch").describe_alarms(AlarmNames=sorted(names.values()))
    for alarm in answer["MetricAlarms"]:
        stats = [one["MetricStat"] for one in alarm.get("Metrics", ()) if "MetricStat" in one]
        for metric in [one["Metric"] for one in stats] or [alarm]:
            yield metric["Namespace"], metric["MetricName"], metric["Dimensions"]


@assumed(
    f"{_METRICS}/viewing_metrics_with_cloudwatch.html",
    means="An alarm looks at nothing and never rings.",
    plan_b="monitoring.thresholds does not help; report the metric as an issue.",
    unanswered="Has a few of AWS's metrics only.",
)
def alarm_metrics_have_these_dimensions(scene: Scene) -> str:
    """A metric that an alarm looks at, once it has data, has exactly the alarm's dimensions."""
    client, wrong, right, count = scene.client("cloudwatch"), [], 0, 0
    for namespace, name, dimensions in _metrics(scene):
        count += 1
        found = client.list_metrics(
            Namespace=namespace, MetricName=name, Dimensions=dimensions[:1]
        )["Metrics"]
        if any(_same(one["Dimensions"], dimensions) for one in found):
            right += 1
        elif found:
            wrong.append(f"{namespace} {name}")
    expect(not wrong, f"other dimensions: {wrong}")
    if not right:
        raise NotTried("no metrics yet: try again fifteen minutes after the first commands")
    return f"{right} of {count} metrics have data"


def _same(one: list[dict[str, str]], other: list[dict[str, str]]) -> bool:
    def pairs(dimensions: list[dict[str, str]]) -> set[tuple[str, str]]:
        return {(dimension["Name"], dimension["Value"]) for dimension in dimensions}

    return pairs(one) == pairs(other)


@assumed(
    f"{_METRICS}/CloudWatch_Embedded_Metric_Format_Specification.html",
    means="The alarms and the dashboard of command ages are empty.",
    plan_b="Query the logs, which have the same numbers.",
)
def worker_metric_has_its_dimension(scene: Scene) -> str:
    """The worker's log lines become the metric `CommandAge` with the dimension `service`."""
    project, worker = scene.run.project, scene.target.require("worker_function_name")[0]
    scene.shared(_commands)
    wanted = [{"Name": "service", "Value": worker}]
    now = time.time()

    def points() -> object:
        return scene.client("cloudwatch").get_metric_statistics(
            Namespace=project,
            MetricName="CommandAge",
            Dimensions=wanted,
            StartTime=now - 600,
            EndTime=now + 600,
            Period=60,
            Statistics=["SampleCount"],
        )["Datapoints"]

    scene.until(points, "the metric has data points", _METRIC_SECONDS)
    return f"{project} CommandAge, service={worker}"


@assumed(
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",
    means="Ids with a colon cannot be read back.",
    plan_b="Let clients choose ids of letters, digits, `-` and `_` only.",
)
def escaped_id_reaches_the_function(scene: Scene) -> str:
    """A function behind an HTTP API gets the path parameter `{id}` decoded."""
    (endpoint,) = scene.target.require("commands_endpoint")
    if not scene.local and urlsplit(endpoint).path != "/commands":
        raise NotTried("the environment has a REST API")
    known = scene.shared(_commands)[0].id
    escaped = f"%{ord(known[0]):02X}{known[1:]}"
    status = scene.http("GET", f"{endpoint}/{escaped}").status
    expect(status == HTTPStatus.OK, f"status {status}")
    return f"{escaped[:3]} is read as {known[0]}"


@assumed(
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html",
    means="Nobody can report on a command that was handed over.",
    plan_b="api.outcomes = false: handlers continue until the work is done.",
    local="Answers where `api.outcomes` is on.",
)
def reports_need_their_token_alone(scene: Scene) -> str:
    """The path of reports is open, and its function gets the token of a request."""
    functions, endpoint = scene.target.require("functions", "commands_endpoint")
    if "outcome" not in functions:
        raise NotTried("the environment takes no reports: api.outcomes is false")
    url = f"{endpoint}/prove-{uuid.uuid4().hex}/outcome"

    def refusal(headers: dict[str, str]) -> str:
        answer = scene.http("POST", url, '{"status": "CANCELLED"}', headers)
        expect(answer.status == HTTPStatus.UNAUTHORIZED, f"status {answer.status}")
        # An authorizer's refusal has neither.
        told = answer.json()
        expect(told.get("code") == "invalid_token", f"not that of the function: {answer.body[:80]}")
        return str(told["detail"])

    without, other = refusal({}), refusal({"authorization": f"Bearer {uuid.uuid4().hex}"})
    expect(without.startswith("Missing") and other != without, f"{without} {other}")
    return "the function refuses a missing and a wrong token, each as what it is"
