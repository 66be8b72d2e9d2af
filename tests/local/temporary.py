"""One resource of every kind that cleaning up knows, and what the account holds of each kind."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.local.documents import CONSUME, TRUST, distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.local.aws import Aws


@dataclass(frozen=True)
class Maker:
    """Makes a whole stack in no time: names begin with `prefix`, everything has the tags."""

    aws: Aws
    prefix: str
    secret: str
    tags: Mapping[str, str]

    @property
    def _listed(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]

    def everything(self) -> None:
        """One of each kind, connected as the blueprint connects them."""
        queue = self.queue()
        self._function(queue)
        self._http_api()
        self._rest_api()
        self.bucket()
        self._site()
        self._watching(queue)
        self.table()
        self._secrets()
        self.log_group()

    def queue(self) -> str:
        """A queue; its ARN."""
        client = self.aws.client("sqs")
        url = client.create_queue(QueueName=f"{self.prefix}-queue", tags=dict(self.tags))
        names = {"QueueUrl": url["QueueUrl"], "AttributeNames": ["QueueArn"]}
        arn: str = client.get_queue_attributes(**names)["Attributes"]["QueueArn"]
        return arn

    def table(self, *, protected: bool = False) -> None:
        """A table."""
        self.aws.client("dynamodb").create_table(
            TableName=f"{self.prefix}-table",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=protected,
            Tags=self._listed,
        )

    def bucket(self) -> None:
        """A bucket with versions, and a delete marker on top of some."""
        client, name = self.aws.client("s3"), f"{self.prefix}-bucket"
        client.create_bucket(Bucket=name)
        versioning = {"Status": "Enabled"}
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
        for body in (b"old", b"new"):
            client.put_object(Bucket=name, Key="page.html", Body=body)
        client.delete_object(Bucket=name, Key="page.html")
        if self.tags:
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": self._listed})

    def log_group(self) -> None:
        """The log group of a function."""
        name = f"/aws/lambda/{self.prefix}-worker"
        tags = {"tags": dict(self.tags)} if self.tags else {}
        self.aws.client("logs").create_log_group(logGroupName=name, **tags)

    def role(self) -> str:
        """A role with an inline and an attached policy; its ARN."""
        iam, name = self.aws.client("iam"), f"{self.prefix}-worker"
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=self._listed)
        iam.put_role_policy(RoleName=name, PolicyName="consume", PolicyDocument=CONSUME)
        policy = iam.create_policy(PolicyName=f"p-{uuid4().hex}", PolicyDocument=CONSUME)
        iam.attach_role_policy(RoleName=name, PolicyArn=policy["Policy"]["Arn"])
        arn: str = made["Role"]["Arn"]
        return arn

    def _function(self, queue: str) -> None:
        client, name = self.aws.client("lambda"), f"{self.prefix}-worker"
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("index.py", "def handler(event, context): pass")
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=self.role(),
            Code={"ZipFile": archive.getvalue()},
            Tags=dict(self.tags),
            Publish=True,
        )
        client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        client.create_event_source_mapping(
            EventSourceArn=queue, FunctionName=name, Tags=dict(self.tags)
        )

    def _http_api(self) -> None:
        client, tags = self.aws.client("apigatewayv2"), dict(self.tags)
        api = client.create_api(Name=f"{self.prefix}-api", ProtocolType="HTTP", Tags=tags)["ApiId"]
        client.create_stage(ApiId=api, StageName="$default", Tags=tags)

    def _rest_api(self) -> None:
        client, tags = self.aws.client("apigateway"), dict(self.tags)
        api = client.create_rest_api(name=f"{self.prefix}-rest-api", tags=tags)["id"]
        root = client.get_resources(restApiId=api)["items"][0]["id"]
        method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
        client.put_method(**method, authorizationType="NONE")
        client.put_integration(**method, type="MOCK")
        deployed = client.create_deployment(restApiId=api)["id"]
        client.create_stage(restApiId=api, stageName="live", deploymentId=deployed, tags=tags)
        key = client.create_api_key(name=f"{self.prefix}-key", enabled=True, tags=tags)["id"]
        stages = [{"apiId": api, "stage": "live"}]
        plan = client.create_usage_plan(name=f"{self.prefix}-plan", apiStages=stages, tags=tags)
        client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key, keyType="API_KEY")

    def _site(self) -> None:
        client, name = self.aws.client("cloudfront"), f"{self.prefix}-site"
        access = client.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": name,
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]["Id"]
        headers = client.create_response_headers_policy(
            ResponseHeadersPolicyConfig={
                "Name": name,
                "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
            }
        )["ResponseHeadersPolicy"]["Id"]
        client.create_distribution_with_tags(
            DistributionConfigWithTags={
                "DistributionConfig": distribution(name, access, headers),
                "Tags": {"Items": self._listed},
            }
        )

    def _watching(self, queue: str) -> None:
        client, tags = self.aws.client("cloudwatch"), self._listed
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
        client.put_metric_alarm(**alarm, Tags=tags)
        rule = f'ALARM("{self.prefix}-depth")'
        client.put_composite_alarm(AlarmName=f"{self.prefix}-all", AlarmRule=rule, Tags=tags)
        client.put_dashboard(DashboardName=self.prefix, DashboardBody='{"widgets":[]}')
        self.aws.client("sns").create_topic(Name=f"{self.prefix}-alarms", Tags=tags)
        events, name = self.aws.client("events"), f"{self.prefix}-schedule"
        events.put_rule(Name=name, ScheduleExpression="rate(1 day)", Tags=tags)
        events.put_targets(Rule=name, Targets=[{"Id": "it", "Arn": queue}])

    def _secrets(self) -> None:
        self.aws.client("secretsmanager").create_secret(Name=self.secret, Tags=self._listed)
        kms = self.aws.client("kms")
        tags = [{"TagKey": key, "TagValue": value} for key, value in self.tags.items()]
        key = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{self.prefix}-alarms", TargetKeyId=key)
