"""Alarms of the local stack read back as they were written, to whom may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.local.alarms import becomes, make, shown
from tests.local.client import send

if TYPE_CHECKING:
    from tests.local.aws import Aws


def test_an_alarm_reads_back_as_it_was_written(aws: Aws) -> None:
    """Every setting comes back, numbers and times in their own types."""
    name = make(aws, "M", "a", "Read", DatapointsToAlarm=1, AlarmDescription='<"&">', Period=120)
    alarm = shown(aws, name)
    assert alarm["AlarmDescription"] == '<"&">'
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["Threshold"]) == (120, 1, 0.0)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "a"}]
    assert alarm["StateUpdatedTimestamp"].year >= 2024
    assert alarm["TreatMissingData"] == "notBreaching"


def test_the_query_protocol_says_the_same(aws: Aws) -> None:
    """Terraform reads in another protocol than boto3 and finds all settings, too."""
    name = make(aws, "M", "a", "Query")
    answer = send(
        "POST",
        aws.stack.endpoint + "/",
        f"Action=DescribeAlarms&AlarmNames.member.1={name}&Version=2010-08-01".encode(),
        {
            "content-type": "application/x-www-form-urlencoded",
            "authorization": "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/monitoring/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    for part in (
        "<Statistic>Maximum</Statistic>",
        "<Name>service</Name><Value>a</Value>",
        "<TreatMissingData>notBreaching</TreatMissingData>",
        "<ActionsEnabled>true</ActionsEnabled>",
    ):
        assert part in answer.text


def test_no_news_is_good_news(aws: Aws) -> None:
    """Without a metric, an alarm that takes that for good is OK."""
    becomes(aws, make(aws, "Nothing", "a", "Quiet"), "OK")


def test_a_composite_alarm_follows_its_members(aws: Aws) -> None:
    """It rings with one of them, and goes back with it once that is judged anew."""
    member = make(aws, "M", uuid4().hex, "Composite")
    becomes(aws, member, "OK")
    name = f"composite-{uuid4().hex[:8]}"
    rule = f'ALARM("{member}")'
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, AlarmDescription="all")
    assert shown(aws, name, "CompositeAlarm")["AlarmRule"] == rule
    cloudwatch.set_alarm_state(AlarmName=member, StateValue="ALARM", StateReason="test")
    assert shown(aws, name, "CompositeAlarm")["StateValue"] == "ALARM"
    becomes(aws, name, "OK", "CompositeAlarm")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"Metrics": [{"Id": "a", "Expression": "ANOMALY_DETECTION_BAND(m)"}]}, "MetricName or"),
        ({"Statistic": ""}, "Statistic or ExtendedStatistic"),
    ],
    ids=["both a metric and an expression", "no statistic"],
)
def test_what_aws_would_refuse_is_refused(
    aws: Aws, settings: dict[str, Any], complaint: str
) -> None:
    """An alarm that could never ring is not made."""
    with pytest.raises(ClientError, match=complaint):
        make(aws, "M", "a", "Refused", **settings)


def test_nobody_writes_the_metrics_of_aws(aws: Aws) -> None:
    """A namespace below AWS/ is AWS's own."""
    datum = {"MetricName": "Errors", "Value": 1.0}
    with pytest.raises(ClientError, match="AWS/"):
        aws.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[datum])


def test_who_may_not_write_metrics_cannot(aws: Aws) -> None:
    """A role needs the permission for a call to CloudWatch, and hears of it."""
    role = aws.role("lambda.amazonaws.com")
    key = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    cloudwatch = session.client("cloudwatch", endpoint_url=aws.stack.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": 1.0}])
