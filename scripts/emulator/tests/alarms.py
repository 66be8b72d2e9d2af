"""Alarms that tests make, and how they look at them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

DIMENSIONS = {"AWS/SQS": "QueueName", "AWS/Lambda": "FunctionName", "AWS/ApiGateway": "ApiId"}


def make(aws: Aws, metric: str, value: str, namespace: str = "AWS/SQS", **more: Any) -> str:
    """An alarm on the maximum of a metric above 0; its name."""
    name = f"alarm-{uuid4().hex[:8]}"
    settings = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": DIMENSIONS.get(namespace, "service"), "Value": value}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    aws.client("cloudwatch").put_metric_alarm(AlarmName=name, **{**settings, **more})
    return name


def shown(aws: Aws, name: str, kind: str = "MetricAlarm") -> dict[str, Any]:
    """The alarm as it reads back."""
    answer = aws.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=[kind])
    (alarm,) = answer[f"{kind}s"]
    found: dict[str, Any] = alarm
    return found


def becomes(aws: Aws, name: str, state: str, kind: str = "MetricAlarm") -> None:
    """Wait for a state."""
    eventually(lambda: shown(aws, name, kind)["StateValue"] == state or None, seconds=20)


def topic(aws: Aws) -> tuple[str, Queue]:
    """A topic, and a queue that hears it."""
    queue, sns = aws.queue(), aws.client("sns")
    arn = sns.create_topic(Name=f"topic-{uuid4().hex[:8]}")["TopicArn"]
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": document})
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue.arn)
    return arn, queue


def heard(aws: Aws, queue: Queue) -> tuple[str, str]:
    """Alarm and state of the next notification."""
    alarm = json.loads(json.loads(aws.receive(queue)["Body"])["Message"])
    return alarm["AlarmName"], alarm["NewStateValue"]
