"""The IAM calls that a request to AWS asks for: actions, on what, and in which context.

Actions have the names of the Service Authorization Reference, which names other ones than the
operation for those below. Requests come from a stack with another account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.infra.calls import ACCOUNT, tagged
from tests.infra.iam import Call, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.recorded import wire
    from tests.recorded.request import Request

LOCAL_ACCOUNT = "000000000000"
_PREFIXES = {"apigatewayv2": "apigateway", "resourcegroupstaggingapi": "tag", "sesv2": "ses"}
_NEEDS_NONE = {"sts:GetCallerIdentity"}
# S3's operations and actions differ where the actions are the older ones:
# https://docs.aws.amazon.com/AmazonS3/latest/API/security-policy-actions-reference.html
_OTHER_NAMES = {
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
# What tagging at the creation takes, where it is not TagResource; API Gateway takes no more.
_TAGGING = {"iam:CreateRole": "iam:TagRole", "sqs:CreateQueue": "sqs:TagQueue"}
# By service, parameters that name what a call works on, the first that is there counts, and the
# end of its ARN.
_NAMED = {
    "cloudwatch": (
        ("AlarmName", "alarm:{}"),
        ("AlarmNames", "alarm:{}"),
        ("DashboardName", "dashboard/{}"),
        ("DashboardNames", "dashboard/{}"),
    ),
    "dynamodb": (("TableName", "table/{}"),),
    "events": (("Rule", "rule/{}"), ("Name", "rule/{}")),
    "iam": (("RoleName", "role/{}"),),
    "kms": (("AliasName", "{}"), ("KeyId", "key/{}")),
    "lambda": (("FunctionName", "function:{}"),),
    "logs": (("logGroupName", "log-group:{}"),),
    "secretsmanager": (("Name", "secret:{}-AbCdEf"), ("SecretId", "secret:{}-AbCdEf")),
    "sns": (("Name", "{}"),),
    "sqs": (("QueueName", "{}"), ("QueueUrl", "{}")),
}
_BY_ARN = (
    "FunctionName",
    "Resource",
    "ResourceARN",
    "ResourceArn",
    "SecretId",
    "TopicArn",
    "resourceArn",
)
# Their ARNs name no region.
_GLOBAL = ("dashboard/", "role/")
# AWS knows no resource for these, or lets none be named:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_ON_ANYTHING = {
    "cloudwatch:PutCompositeAlarm",
    "kms:CreateKey",
    "kms:ListAliases",
    "lambda:CreateEventSourceMapping",
    "lambda:GetEventSourceMapping",
    "lambda:UpdateEventSourceMapping",
    "lambda:DeleteEventSourceMapping",
}


@dataclass(frozen=True)
class Deployment:
    """What was deployed on the local stack."""

    project: str
    environment: str

    def needed(self, request: Request, call: wire.Call) -> Iterator[Call]:
        """The IAM calls that one request of Terraform asks for."""
        prefix = _PREFIXES.get(call.service, call.service)
        action = f"{prefix}:{call.operation}"
        action = _OTHER_NAMES.get(action, action)
        if prefix == "apigateway":
            action = f"apigateway:{request.method}"
        if action in _NEEDS_NONE:
            return
        tags = _tags(call.parameters)
        requested = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        context = {**self._context(request, call), **requested}
        arns = list(_arns(request, call))
        for arn in ["*"] if action in _ON_ANYTHING else arns:
            yield Call(action, arn, context)
        if tags and prefix not in ("apigateway", "s3") and "Tag" not in action:
            yield Call(_TAGGING.get(action, f"{prefix}:TagResource"), arns[0], context)
        for name in ("Role", "RoleArn", "CredentialsArn"):
            if role := call.parameters.get(name):
                to = {"iam:PassedToService": f"{prefix}.amazonaws.com"}
                yield Call("iam:PassRole", _ours(role), {**context, **to})

    def _context(self, request: Request, call: wire.Call) -> dict[str, str]:
        """What AWS adds: tags and boundary of what is there, which is all of the deployment."""
        boundary = f"policy/bootstrap/{self.project}-apply-workload-boundary"
        context = {
            **tagged(self.project, self.environment, "Resource"),
            "iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:{boundary}",
        }
        if call.operation.endswith("EventSourceMapping"):
            # One that is there is named by its id; there is none but the worker's.
            worker = f"{self.project}-{self.environment}-worker"
            function = call.parameters.get("FunctionName", worker)
            name = function.partition(":function:")[2] or function
            context["lambda:FunctionArn"] = _arn("lambda", request, f"function:{name}")
        return context


def _arns(request: Request, call: wire.Call) -> Iterator[str]:
    parameters = call.parameters
    given = [str(parameters.get(name, "")) for name in _BY_ARN]
    if call.service.startswith("apigateway"):
        # IAM's paths have no version of the API in them.
        yield f"arn:aws:apigateway:{request.region}::{unquote(request.path).removeprefix('/v2')}"
    elif call.operation.endswith("EventSourceMapping"):
        yield _arn("lambda", request, "event-source-mapping:new")
    elif named := [arn for arn in given if arn.startswith("arn:")]:
        yield _ours(named[0])
    elif call.service == "s3" and "Bucket" in parameters:
        keys = [it["Key"] for it in parameters.get("Delete", {}).get("Objects", [])]
        for key in keys or [parameters.get("Key")]:
            place = "/".join(filter(None, (parameters["Bucket"], key)))
            yield f"arn:aws:s3:::{_ours(place)}"
    else:
        kinds = _NAMED.get(call.service, ())
        found = [(name, end) for name, end in kinds if parameters.get(name)]
        # An alias of a key is made on both.
        for name, end in found if call.operation == "CreateAlias" else found[:1]:
            for value in listed(parameters[name]):
                last = value.rpartition("/")[2] if name == "QueueUrl" else value
                yield _arn(call.service, request, end.format(last))
        if not found:
            yield "*"


def _arn(service: str, request: Request, end: str) -> str:
    region = "" if end.startswith(_GLOBAL) else request.region
    return _ours(f"arn:aws:{service}:{region}:{ACCOUNT}:{end}")


def _ours(text: str) -> str:
    return text.replace(LOCAL_ACCOUNT, ACCOUNT)


def _tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a call gives to what it makes or changes."""
    given = parameters.get("Tags") or parameters.get("tags") or {}
    if isinstance(given, dict):
        return given
    return {
        tag.get("Key") or tag["TagKey"]: tag.get("Value") or tag.get("TagValue", "")
        for tag in given
    }
