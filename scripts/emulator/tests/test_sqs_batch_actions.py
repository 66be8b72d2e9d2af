"""Batch calls of SQS under IAM, as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws import Aws


def statement(action: str, resource: str) -> dict[str, object]:
    """An allowing statement."""
    return {"Effect": "Allow", "Action": [action], "Resource": resource}


def test_the_single_permission_allows_the_batch_call(aws: Aws) -> None:
    """sqs:SendMessage is all that SendMessageBatch needs, and sqs:DeleteMessage is not."""
    queue = aws.queue()
    entries: list[Any] = [{"Id": "1", "MessageBody": "{}"}]
    for action, allowed in (("sqs:SendMessage", True), ("sqs:DeleteMessage", False)):
        role = aws.role("lambda.amazonaws.com", statement(action, queue.arn))
        answer = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
        key = answer["Credentials"]
        session = aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
        sqs = session.client("sqs", endpoint_url=aws.emulator.endpoint)
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
    key = aws.client("sts").assume_role(RoleArn=writer, RoleSessionName="test")["Credentials"]
    session = aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    iam = session.client("iam", endpoint_url=aws.emulator.endpoint)
    policy = {"Version": "2012-10-17", "Statement": [statement("sqs:SendMessage", queue.arn)]}
    iam.put_role_policy(
        RoleName=other.rpartition("/")[2], PolicyName="it", PolicyDocument=json.dumps(policy)
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.put_role_policy(
            RoleName=writer.rpartition("/")[2], PolicyName="it", PolicyDocument=json.dumps(policy)
        )
