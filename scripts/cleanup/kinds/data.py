"""Where data lies: queues, tables, and buckets with every version of every object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look_at_queue(aws: Aws, target: Target) -> Facts | None:
    aws.client("sqs").get_queue_url(QueueName=target.id)
    return Facts((target.id,))


def _delete_queue(aws: Aws, target: Target) -> None:
    client = aws.client("sqs")
    client.delete_queue(QueueUrl=client.get_queue_url(QueueName=target.id)["QueueUrl"])


def _look_at_table(aws: Aws, target: Target) -> Facts | None:
    table = aws.client("dynamodb").describe_table(TableName=target.id)["Table"]
    if table["TableStatus"] == "DELETING":
        return None
    protected = table.get("DeletionProtectionEnabled", False)
    return Facts((target.id,), "deletion protection is on" if protected else "")


def _delete_table(aws: Aws, target: Target) -> None:
    aws.client("dynamodb").delete_table(TableName=target.id)


def _look_at_bucket(aws: Aws, target: Target) -> Facts | None:
    aws.client("s3").head_bucket(Bucket=target.id)
    return Facts((target.id,))


def _delete_bucket(aws: Aws, target: Target) -> None:
    client = aws.client("s3")
    for page in client.get_paginator("list_object_versions").paginate(Bucket=target.id):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if not found:
            continue
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        answer = client.delete_objects(Bucket=target.id, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", ()):
            raise OperatorError(f"S3 did not delete the object {error['Key']}: {error['Code']}")
    client.delete_bucket(Bucket=target.id)


KINDS = (
    Kind("queue", 50, r"sqs:([^:]+)", _look_at_queue, _delete_queue),
    Kind("table", 50, r"dynamodb:table/([^/]+)", _look_at_table, _delete_table),
    Kind("bucket", 50, r"s3:([^/]+)", _look_at_bucket, _delete_bucket),
)
