"""CloudWatch alarms and dashboards, and the topics where alarms ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look_at_alarm(aws: Aws, target: Target) -> Facts | None:
    answer = aws.client("cloudwatch").describe_alarms(
        AlarmNames=[target.id], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = answer.get("MetricAlarms") or answer.get("CompositeAlarms")
    return Facts((target.id,)) if found else None


def _delete_alarm(aws: Aws, target: Target) -> None:
    aws.client("cloudwatch").delete_alarms(AlarmNames=[target.id])


def _look_at_dashboard(aws: Aws, target: Target) -> Facts | None:
    aws.client("cloudwatch").get_dashboard(DashboardName=target.id)
    return Facts((target.id,))


def _delete_dashboard(aws: Aws, target: Target) -> None:
    aws.client("cloudwatch").delete_dashboards(DashboardNames=[target.id])


def _look_at_topic(aws: Aws, target: Target) -> Facts | None:
    aws.client("sns").get_topic_attributes(TopicArn=target.arn)
    return Facts((target.id,))


def _delete_topic(aws: Aws, target: Target) -> None:
    aws.client("sns").delete_topic(TopicArn=target.arn)


KINDS = (
    Kind("alarm", 40, r"cloudwatch:alarm:(.+)", _look_at_alarm, _delete_alarm),
    Kind("dashboard", 41, r"cloudwatch:dashboard/(.+)", _look_at_dashboard, _delete_dashboard),
    Kind("topic", 42, r"sns:([^:]+)", _look_at_topic, _delete_topic),
)
