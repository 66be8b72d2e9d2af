"""One resource of every kind that the tagging API lists."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.aws import Aws


@dataclass(frozen=True)
class Tagged:
    """Makes resources whose names begin with `prefix`, all with the tags."""

    aws: Aws
    prefix: str
    tags: Mapping[str, str]

    @property
    def _listed(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]

    def everything(self) -> None:
        """One of each kind."""
        self._queue_and_function()
        self._apis()
        self._data()
        self._page()
        self._watching()
        logs, name = self.aws.client("logs"), f"/aws/lambda/{self.prefix}-worker"
        logs.create_log_group(logGroupName=name, tags=dict(self.tags))

    def _queue_and_function(self) -> None:
        sqs, functions = self.aws.client("sqs"), self.aws.client("lambda")
        queue, name = f"{self.prefix}-queue", f"{self.prefix}-worker"
        sqs.create_queue(QueueName=queue, tags=dict(self.tags))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("index.py", "def handler(event, context): pass")
        consume = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=self.aws.role("lambda.amazonaws.com", consume),
            Code={"ZipFile": archive.getvalue()},
            Tags=dict(self.tags),
        )
        functions.create_event_source_mapping(
            EventSourceArn=f"arn:aws:sqs:us-east-1:000000000000:{queue}",
            FunctionName=name,
            Tags=dict(self.tags),
        )

    def _apis(self) -> None:
        http, rest = self.aws.client("apigatewayv2"), self.aws.client("apigateway")
        tags = dict(self.tags)
        name = f"{self.prefix}-api"
        api = http.create_api(Name=name, ProtocolType="HTTP", Tags=tags)["ApiId"]
        http.create_stage(ApiId=api, StageName="$default", Tags=tags)
        api = rest.create_rest_api(name=name, tags=tags)["id"]
        root = rest.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        rest.put_method(**method, authorizationType="NONE")
        rest.put_integration(**method, type="MOCK")
        deployed = rest.create_deployment(restApiId=api)["id"]
        rest.create_stage(restApiId=api, stageName="live", deploymentId=deployed, tags=tags)
        rest.create_api_key(name=f"{self.prefix}-key", enabled=True, tags=tags)
        stages = [{"apiId": api, "stage": "live"}]
        rest.create_usage_plan(name=f"{self.prefix}-plan", apiStages=stages, tags=tags)

    def _data(self) -> None:
        self.aws.client("dynamodb").create_table(
            TableName=f"{self.prefix}-table",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=self._listed,
        )
        s3, bucket = self.aws.client("s3"), f"{self.prefix}-bucket"
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": self._listed})
        secrets = self.aws.client("secretsmanager")
        secrets.create_secret(Name=f"/{self.prefix}/token", Tags=self._listed)
        tags = [{"TagKey": key, "TagValue": value} for key, value in self.tags.items()]
        self.aws.client("kms").create_key(Tags=tags)

    def _page(self) -> None:
        origin = {
            "Id": "bucket",
            "DomainName": f"{self.prefix}-bucket.s3.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        config = {
            "CallerReference": uuid4().hex,
            "Comment": self.prefix,
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "bucket",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }
        self.aws.client("cloudfront").create_distribution_with_tags(
            DistributionConfigWithTags={
                "DistributionConfig": config,
                "Tags": {"Items": self._listed},
            }
        )

    def _watching(self) -> None:
        cloudwatch, tags = self.aws.client("cloudwatch"), self._listed
        alarm: dict[str, Any] = {
            "AlarmName": f"{self.prefix}-depth",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        cloudwatch.put_metric_alarm(**alarm, Tags=tags)
        rule = f'ALARM("{self.prefix}-depth")'
        cloudwatch.put_composite_alarm(AlarmName=f"{self.prefix}-all", AlarmRule=rule, Tags=tags)
        self.aws.client("sns").create_topic(Name=f"{self.prefix}-alarms", Tags=tags)
        rate = "rate(1 day)"
        self.aws.client("events").put_rule(
            Name=f"{self.prefix}-schedule", ScheduleExpression=rate, Tags=tags
        )
