"""The environment itself: a command through its public API, alarms and metrics."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.framework import waiting
from scripts.prove.assumption import NotTried, assumed, expect
from scripts.prove.scene import PROPAGATION_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.prove.scene import Scene

_METRICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
_CLOSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def _command(scene: Scene) -> dict[str, object]:
    """The record of one command of the default type, submitted and ended."""
    (endpoint,) = scene.target.require("commands_endpoint")
    began = time.monotonic()
    answer = scene.http("POST", endpoint, '{"type": "echo", "input": {"prove": "prove"}}')
    accepted = f"{time.monotonic() - began:.2f}"
    if answer.status in _CLOSED:
        raise NotTried(f"the API answers {answer.status}: it asks for credentials")
    expect(answer.status == HTTPStatus.ACCEPTED, f"status {answer.status}")
    command_id = answer.headers.get("x-command-id") or answer.json()["id"]

    def ended() -> dict[str, object] | None:
        shown: dict[str, object] = scene.http("GET", f"{endpoint}/{command_id}").json()
        return shown if shown.get("status") in waiting.ENDED else None

    shown = scene.until(ended, f"command {command_id} ended", PROPAGATION_SECONDS)
    return shown | {"accepted": accepted, "ended": f"{time.monotonic() - began:.1f}"}


@assumed(
    "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
    means="The API does not work in this account.",
    plan_b="docs/troubleshooting.md; then the findings of the other probes.",
)
def command_completes(scene: Scene) -> str:
    """A command submitted to the public API is run by the worker and shown by its id."""
    shown = scene.shared(_command)
    expect(shown["status"] == "COMPLETED", f"{shown['status']}: {shown.get('error')}")
    return f"accepted in {shown['accepted']} s, ended within {shown['ended']} s"


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
def alarm_metrics_exist(scene: Scene) -> str:
    """Each metric of an alarm exists under exactly the alarm's dimensions."""
    client, missing, count = scene.client("cloudwatch"), [], 0
    for namespace, name, dimensions in _metrics(scene):
        count += 1
        found = client.list_metrics(Namespace=namespace, MetricName=name, Dimensions=dimensions)
        if not any(_same(one["Dimensions"], dimensions) for one in found["Metrics"]):
            missing.append(f"{namespace} {name}")
    if len(missing) == count:
        raise NotTried("no metrics yet: try again fifteen minutes after the first commands")
    expect(not missing, f"not found: {missing}")
    return f"{count} metrics"


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
    scene.shared(_command)
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

    scene.until(points, "the metric has data points", 2 * PROPAGATION_SECONDS)
    return f"{project} CommandAge, service={worker}"


@assumed(
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",
    means="Ids with a colon cannot be read back.",
    plan_b="Let clients choose ids of letters, digits, `-` and `_` only.",
)
def escaped_id_reaches_the_function(scene: Scene) -> str:
    """A function behind an HTTP API gets the path parameter `{id}` decoded."""
    (endpoint,) = scene.target.require("commands_endpoint")
    shown = scene.shared(_command)
    escaped = f"%{ord(str(shown['id'])[0]):02X}{str(shown['id'])[1:]}"
    status = scene.http("GET", f"{endpoint}/{escaped}").status
    expect(status == HTTPStatus.OK, f"status {status}")
    return f"{escaped[:3]} is read as {str(shown['id'])[0]}"
