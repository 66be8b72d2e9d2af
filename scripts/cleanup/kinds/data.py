"""Where data lies: queues, tables, buckets, states of Terraform, secrets and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target, call, named
from scripts.cleanup.resource import STATE
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.cleanup.aws import Aws

_PENDING = ("PendingDeletion", "PendingReplicaDeletion")


def _delete_queue(aws: Aws, target: Target) -> None:
    client = aws.client("sqs")
    client.delete_queue(QueueUrl=client.get_queue_url(QueueName=target.id)["QueueUrl"])


def _look_at_table(aws: Aws, target: Target) -> Facts | None:
    table = aws.client("dynamodb").describe_table(TableName=target.id)["Table"]
    if table["TableStatus"] == "DELETING":
        return None
    protected = table.get("DeletionProtectionEnabled", False)
    return Facts((target.id,), "its deletion protection is on" if protected else "")


def _delete_bucket(aws: Aws, target: Target) -> None:
    """With every version of every object."""
    client = aws.client("s3")
    for page in client.get_paginator("list_object_versions").paginate(Bucket=target.id):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if not found:
            continue
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        answer = client.delete_objects(Bucket=target.id, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", ()):
            raise OperatorError(f"S3 keeps the object {error['Key']}: {error['Code']}")
    client.delete_bucket(Bucket=target.id)


def _look_at_state(aws: Aws, target: Target) -> Facts | None:
    bucket, _, key = target.id.partition("/")
    aws.client("s3").head_object(Bucket=bucket, Key=key)
    return Facts((key,))


def _delete_state(aws: Aws, target: Target) -> None:
    bucket, _, key = target.id.partition("/")
    aws.client("s3").delete_object(Bucket=bucket, Key=key)


def _look_at_secret(aws: Aws, target: Target) -> Facts | None:
    secret = aws.client("secretsmanager").describe_secret(SecretId=target.arn)
    # Deleted, whenever Secrets Manager comes to it.
    return None if secret.get("DeletedDate") else Facts((secret["Name"],))


def _delete_secret(aws: Aws, target: Target) -> None:
    aws.client("secretsmanager").delete_secret(SecretId=target.arn, ForceDeleteWithoutRecovery=True)


def _look_at_key(aws: Aws, target: Target) -> Facts | None:
    key = aws.client("kms").describe_key(KeyId=target.id)["KeyMetadata"]
    if key["KeyState"] in _PENDING:
        return None
    return Facts(tuple(alias.removeprefix("alias/") for alias in _aliases(aws, target.id)))


def _delete_key(aws: Aws, target: Target) -> None:
    client = aws.client("kms")
    # An alias would keep its name taken for as long as the key waits.
    for alias in list(_aliases(aws, target.id)):
        client.delete_alias(AliasName=alias)
    client.schedule_key_deletion(KeyId=target.id, PendingWindowInDays=7)


def _aliases(aws: Aws, key: str) -> Iterator[str]:
    for page in aws.client("kms").get_paginator("list_aliases").paginate(KeyId=key):
        for one in page["Aliases"]:
            yield one["AliasName"]


KINDS = (
    Kind(
        "queue",
        50,
        r"sqs:([^:]+)",
        named(call("sqs", "get_queue_url", "QueueName")),
        _delete_queue,
    ),
    Kind(
        "table",
        50,
        r"dynamodb:table/([^/]+)",
        _look_at_table,
        call("dynamodb", "delete_table", "TableName"),
    ),
    Kind("bucket", 50, r"s3:([^/]+)", named(call("s3", "head_bucket", "Bucket")), _delete_bucket),
    Kind("key", 60, r"kms:key/([^/]+)", _look_at_key, _delete_key),
    Kind("secret", 70, r"secretsmanager:secret:(.+)", _look_at_secret, _delete_secret),
    # An object of the state bucket, which keeps old versions.
    Kind("state", STATE, r"s3:([^/]+/.+)", _look_at_state, _delete_state),
)
