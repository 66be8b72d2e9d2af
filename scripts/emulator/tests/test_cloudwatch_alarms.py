"""Alarms read back as they were written, to whom may read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from tests.alarms import becomes, make, shown
from tests.client import send

if TYPE_CHECKING:
    import boto3

    from tests.aws import Aws
    from tests.client import Answer

_QUERY_HEADERS = {
    "content-type": "application/x-www-form-urlencoded",
    "authorization": "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/monitoring/"
    "aws4_request, SignedHeaders=host, Signature=0",
}
_SETTINGS = {
    "Namespace": "Session",
    "MetricName": "M",
    "Statistic": "Maximum",
    "Period": "60",
    "EvaluationPeriods": "1",
    "Threshold": "0",
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_an_alarm_reads_back_as_it_was_written(aws: Aws) -> None:
    """Every setting comes back, numbers and times in their own types."""
    name = make(aws, "M", "a", "Read", DatapointsToAlarm=1, AlarmDescription='<"&">', Period=120)
    alarm = shown(aws, name)
    assert alarm["AlarmDescription"] == '<"&">'
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["Threshold"]) == (120, 1, 0.0)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "a"}]
    assert alarm["StateUpdatedTimestamp"].year >= 2024
    assert alarm["TreatMissingData"] == "notBreaching"


def test_the_query_protocol_has_error_codes_of_its_own(aws: Aws) -> None:
    """Terraform takes a dashboard that is gone for deleted, and knows it by AWS's code only."""
    answer = send(
        "POST",
        aws.emulator.endpoint + "/",
        b"Action=DeleteDashboards&DashboardNames.member.1=gone&Version=2010-08-01",
        _QUERY_HEADERS,
    )
    assert answer.status == HTTPStatus.NOT_FOUND
    assert "<Code>ResourceNotFound</Code>" in answer.text


def test_the_query_protocol_says_the_same(aws: Aws) -> None:
    """Terraform reads in another protocol than boto3 and finds all settings, too."""
    name = make(aws, "M", "a", "Query")
    answer = send(
        "POST",
        aws.emulator.endpoint + "/",
        f"Action=DescribeAlarms&AlarmNames.member.1={name}&Version=2010-08-01".encode(),
        _QUERY_HEADERS,
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
    cloudwatch = _session(aws).client("cloudwatch", endpoint_url=aws.emulator.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": 1.0}])


def test_a_role_makes_reads_and_removes_alarms_as_terraform_does(aws: Aws) -> None:
    """What a role's session signed is judged as it was signed, and read back as it was written."""
    session = _session(aws, {"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"})
    name = f"alarm-{uuid4().hex[:8]}"
    assert (
        _asked(aws, session, "PutMetricAlarm", AlarmName=name, **_SETTINGS).status == HTTPStatus.OK
    )
    found = _asked(aws, session, "DescribeAlarms", **{"AlarmNames.member.1": name})
    assert "<MetricName>M</MetricName>" in found.text
    removed = _asked(aws, session, "DeleteAlarms", **{"AlarmNames.member.1": name})
    assert removed.status == HTTPStatus.OK
    assert name not in _asked(aws, session, "DescribeAlarms").text


def test_a_metric_of_a_role_counts_once(aws: Aws) -> None:
    """A call that changes something does so once, though its signature is judged first."""
    namespace = uuid4().hex
    session = _session(aws, {"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"})
    datum = {"MetricData.member.1.MetricName": "M", "MetricData.member.1.Value": "1"}
    _asked(aws, session, "PutMetricData", Namespace=namespace, **datum)
    now = datetime.now(UTC)
    [counted] = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName="M",
        StartTime=now - timedelta(minutes=2),
        EndTime=now + timedelta(minutes=1),
        Period=300,
        Statistics=["SampleCount"],
    )["Datapoints"]
    assert counted["SampleCount"] == 1


@pytest.mark.parametrize("operation", ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"])
def test_a_role_without_the_permission_is_refused(aws: Aws, operation: str) -> None:
    """A role that may do nothing makes, sees and removes no alarm."""
    name = f"alarm-{uuid4().hex[:8]}"
    answer = _asked(aws, _session(aws), operation, AlarmName=name, **_SETTINGS)
    assert answer.status == HTTPStatus.FORBIDDEN
    assert f"not authorized to perform: cloudwatch:{operation}" in answer.text
    assert aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


def _session(aws: Aws, *statements: dict[str, Any]) -> boto3.Session:
    role = aws.role("lambda.amazonaws.com", *statements)
    key = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def _asked(aws: Aws, session: boto3.Session, operation: str, **form: str) -> Answer:
    """A call in the query protocol, signed by the session."""
    body = urlencode({"Action": operation, "Version": "2010-08-01", **form}).encode()
    url, headers = (
        f"{aws.emulator.endpoint}/",
        {"content-type": "application/x-www-form-urlencoded"},
    )
    request = AWSRequest("POST", url, data=body, headers=headers)
    credentials = session.get_credentials()
    assert credentials is not None
    SigV4Auth(credentials, "monitoring", "us-east-1").add_auth(request)
    return send("POST", url, body, dict(request.headers.items()))
