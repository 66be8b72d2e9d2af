"""What makes alarms ring: metrics of their own, in whole minutes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.alarms import becomes, heard, make, shown, topic

if TYPE_CHECKING:
    from tests.aws import Aws


def test_an_alarm_hears_its_own_dimension_only(aws: Aws) -> None:
    """Given the metric of another service, it stays OK; given its own, it rings, and is heard."""
    arn, queue = topic(aws)
    namespace = f"Own{uuid4().hex[:8]}"
    name = make(aws, "Late", "mine", namespace, AlarmActions=[arn])
    becomes(aws, name, "OK")
    for service, state in (("other", "OK"), ("mine", "ALARM")):
        datum = {
            "MetricName": "Late",
            "Dimensions": [{"Name": "service", "Value": service}],
            "Value": 5.0,
        }
        aws.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])
        time.sleep(3)
        assert shown(aws, name)["StateValue"] == state, service
    assert heard(aws, queue) == (name, "ALARM")


def test_a_message_that_waits_rings(aws: Aws) -> None:
    """The depth of a queue is a metric, as on AWS."""
    queue = aws.queue()
    name = make(aws, "ApproximateNumberOfMessagesVisible", queue.url.rpartition("/")[2])
    becomes(aws, name, "OK")
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="{}")
    becomes(aws, name, "ALARM")


def test_a_message_that_waits_too_long_rings(aws: Aws) -> None:
    """While it is in flight, too."""
    queue, sqs = aws.queue(), aws.client("sqs")
    name = make(aws, "ApproximateAgeOfOldestMessage", queue.url.rpartition("/")[2])
    becomes(aws, name, "OK")
    sqs.send_message(QueueUrl=queue.url, MessageBody="{}")
    assert sqs.receive_message(QueueUrl=queue.url, VisibilityTimeout=600)["Messages"]
    becomes(aws, name, "ALARM")


def test_a_crash_of_an_invoked_function_rings(aws: Aws) -> None:
    """Errors of invocations are a metric."""
    function = aws.function("def handler(event, context):\n    raise ValueError\n")
    name = make(aws, "Errors", function, "AWS/Lambda")
    becomes(aws, name, "OK")
    aws.client("lambda").invoke(FunctionName=function)
    becomes(aws, name, "ALARM")


def test_a_metric_in_a_log_rings(aws: Aws) -> None:
    """A function's embedded metric counts, by each of its dimension sets."""
    namespace = f"Embedded{uuid4().hex[:8]}"
    directive = {
        "Namespace": namespace,
        "Dimensions": [["service"], ["service", "type"]],
        "Metrics": [{"Name": "CommandAge", "Unit": "Seconds"}],
    }
    line = {"service": "mine", "type": "echo", "CommandAge": 7}
    code = (
        "import json, time\n"
        "def handler(event, context):\n"
        "    now = int(time.time() * 1000)\n"
        f"    about = {{'Timestamp': now, 'CloudWatchMetrics': [{directive}]}}\n"
        f"    print(json.dumps({{'_aws': about, **{line}}}))\n"
    )
    function = aws.function(code)
    name = make(aws, "CommandAge", "mine", namespace, Statistic="SampleCount")
    becomes(aws, name, "OK")
    aws.client("lambda").invoke(FunctionName=function)
    becomes(aws, name, "ALARM")
    metrics = aws.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]
    assert [len(one["Dimensions"]) for one in metrics] == [1, 2]


def test_a_rate_is_judged_by_an_expression(aws: Aws) -> None:
    """Requests that fail ring, once there are enough of them."""
    queue = aws.queue()
    api = aws.api(queue)
    dimensions = [{"Name": "ApiId", "Value": api.api_id}]

    def metric(query: str, of: str) -> dict[str, Any]:
        found = {"Namespace": "AWS/ApiGateway", "MetricName": of, "Dimensions": dimensions}
        stat = {"Metric": found, "Period": 60, "Stat": "Sum"}
        return {"Id": query, "ReturnData": False, "MetricStat": stat}

    rate = "IF(FILL(requests, 0) >= 5, 100 * FILL(failed, 0) / FILL(requests, 0), 0)"
    name = f"alarm-{uuid4().hex[:8]}"
    metrics = [
        {"Id": "judged", "Expression": rate, "Label": "4xx %", "ReturnData": True},
        metric("requests", "Count"),
        metric("failed", "4xx"),
    ]
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Metrics=metrics,
        EvaluationPeriods=2,
        DatapointsToAlarm=1,
        Threshold=50.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    assert shown(aws, name)["Metrics"] == metrics
    becomes(aws, name, "OK")
    for _ in range(6):
        assert api.post(path="/nowhere").status == 404
    becomes(aws, name, "ALARM")
