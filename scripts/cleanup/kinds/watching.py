"""CloudWatch alarms and dashboards, and the topics where alarms ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target, call, named

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look_at_alarm(aws: Aws, target: Target) -> Facts | None:
    answer = aws.client("cloudwatch").describe_alarms(
        AlarmNames=[target.id], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = answer.get("MetricAlarms") or answer.get("CompositeAlarms")
    return Facts((target.id,)) if found else None


KINDS = (
    Kind(
        "alarm",
        40,
        r"cloudwatch:alarm:(.+)",
        _look_at_alarm,
        call("cloudwatch", "delete_alarms", "AlarmNames"),
    ),
    Kind(
        "dashboard",
        41,
        r"cloudwatch:dashboard/(.+)",
        named(call("cloudwatch", "get_dashboard", "DashboardName")),
        call("cloudwatch", "delete_dashboards", "DashboardNames"),
    ),
    Kind(
        "topic",
        42,
        r"sns:([^:]+)",
        named(call("sns", "get_topic_attributes", "TopicArn")),
        call("sns", "delete_topic", "TopicArn"),
    ),
)
