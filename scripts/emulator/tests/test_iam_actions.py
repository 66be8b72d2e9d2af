"""The IAM action that a call needs, as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws import Aws


def as_role(aws: Aws, service: str, role: str) -> Any:
    """A client with a session of the role."""
    key = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    return session.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.emulator.endpoint,
    )


def statement(action: str, resource: str) -> dict[str, object]:
    """An allowing statement."""
    return {"Effect": "Allow", "Action": [action], "Resource": resource}


def test_the_single_permission_allows_the_batch_call(aws: Aws) -> None:
    """sqs:SendMessage is all that SendMessageBatch needs, and sqs:DeleteMessage is not."""
    queue = aws.queue()
    entries: list[Any] = [{"Id": "1", "MessageBody": "{}"}]
    for action, allowed in (("sqs:SendMessage", True), ("sqs:DeleteMessage", False)):
        role = aws.role("lambda.amazonaws.com", statement(action, queue.arn))
        sqs = as_role(aws, "sqs", role)
        if allowed:
            assert sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)["Successful"]
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)


def test_a_policy_reads_back_as_it_was_written(aws: Aws) -> None:
    """What the emulator needs to be told does not show: a second plan stays empty."""
    queue = aws.queue()
    role = aws.role("lambda.amazonaws.com", statement("sqs:DeleteMessage", queue.arn))
    shown = aws.client("iam").get_role_policy(RoleName=role.rpartition("/")[2], PolicyName="it")
    assert shown["PolicyDocument"]["Statement"] == [statement("sqs:DeleteMessage", queue.arn)]


def test_a_role_may_write_policies_of_others(aws: Aws) -> None:
    """What a role signed is judged as it was signed: it may write that policy, and no other."""
    queue = aws.queue()
    other = aws.role("lambda.amazonaws.com")
    writer = aws.role("lambda.amazonaws.com", statement("iam:PutRolePolicy", other))
    iam = as_role(aws, "iam", writer)
    policy = {"Version": "2012-10-17", "Statement": [statement("sqs:SendMessage", queue.arn)]}
    iam.put_role_policy(
        RoleName=other.rpartition("/")[2], PolicyName="it", PolicyDocument=json.dumps(policy)
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.put_role_policy(
            RoleName=writer.rpartition("/")[2], PolicyName="it", PolicyDocument=json.dumps(policy)
        )


LAMBDA_CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "lambda:GetAlias": ("get_alias", {"Name": "live"}),
    "lambda:ListAliases": ("list_aliases", {}),
    "lambda:UpdateAlias": ("update_alias", {"Name": "live", "Description": "new"}),
    "lambda:GetFunction": ("get_function", {}),
    "lambda:GetFunctionConcurrency": ("get_function_concurrency", {}),
    "lambda:PutFunctionConcurrency": (
        "put_function_concurrency",
        {"ReservedConcurrentExecutions": 1},
    ),
    "lambda:InvokeFunction": ("invoke", {}),
    "lambda:DeleteAlias": ("delete_alias", {"Name": "live"}),
}


def test_a_lambda_operation_needs_the_action_of_its_name(aws: Aws) -> None:
    """Each is allowed by its own action alone, although many share a path."""
    name = aws.function("def handler(event, context): return 1", publish=True)
    aws.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    for action, (call, arguments) in LAMBDA_CALLS.items():
        others = [statement(other, arn) for other in LAMBDA_CALLS if other != action]
        refused = as_role(aws, "lambda", aws.role("lambda.amazonaws.com", *others))
        with pytest.raises(ClientError, match=f"is not authorized to perform: {action} "):
            getattr(refused, call)(FunctionName=name, **arguments)
        role = aws.role("lambda.amazonaws.com", statement(action, arn))
        getattr(as_role(aws, "lambda", role), call)(FunctionName=name, **arguments)


def test_changing_an_event_source_mapping_needs_a_permission(aws: Aws) -> None:
    """Reading one is another action than listing them, and changing one is judged at all."""
    role = aws.role("lambda.amazonaws.com", statement("lambda:ListEventSourceMappings", "*"))
    client = as_role(aws, "lambda", role)
    for call, action in (
        ("get", "lambda:GetEventSourceMapping"),
        ("update", "lambda:UpdateEventSourceMapping"),
        ("delete", "lambda:DeleteEventSourceMapping"),
    ):
        with pytest.raises(ClientError, match=f"is not authorized to perform: {action} "):
            getattr(client, f"{call}_event_source_mapping")(UUID=str(uuid4()))


def test_creating_a_distribution_with_tags_is_creating_one(aws: Aws) -> None:
    """The operation has another name than the action that it needs."""
    role = aws.role("lambda.amazonaws.com", statement("cloudfront:GetDistribution", "*"))
    origin = {"Id": "it", "DomainName": "example.com"}
    config = {
        "CallerReference": "it",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "it", "ViewerProtocolPolicy": "https-only"},
    }
    with pytest.raises(
        ClientError, match="is not authorized to perform: cloudfront:CreateDistribution "
    ):
        as_role(aws, "cloudfront", role).create_distribution_with_tags(
            DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": []}}
        )
