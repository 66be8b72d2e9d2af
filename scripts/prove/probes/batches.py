"""Batches: how members are counted off the table's stream, and how their lines are uploaded."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from botocore.config import Config

from scripts.prove.assumption import assumed, expect
from scripts.prove.lambdas import function, function_role, mapped
from scripts.prove.scene import PROPAGATION_SECONDS
from scripts.prove.tables import created_table

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_WINDOWS = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest"
_READ = [
    f"dynamodb:{name}"
    for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
]
# Sends on what Lambda says of the shard.
_SENDS = """\
import boto3, json

def handler(event, context):
    told = {{"shard": event.get("shardId"), "arn": event.get("eventSourceARN")}}
    boto3.client("sqs").send_message(QueueUrl="{queue}", MessageBody=json.dumps(told))
    return {{"state": {{}}}}
"""
_CONTENT = b'{"type": "echo"}\n'
_REFUSED = set(range(400, 500))
_SIGNED = Config(signature_version="s3v4")


@assumed(
    _WINDOWS,
    means="The batch counter cannot tell one shard's records from another's, and counts wrong.",
    plan_b="api = { batches = false }.",
)
def tumbling_window_names_the_shard(scene: Scene) -> str:
    """A stream's mapping with a tumbling window tells the function the shard of its records."""
    both = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    name, stream = created_table(scene, StreamSpecification=both)
    queue = scene.queue()
    _, role = function_role(scene, [*_READ, "sqs:SendMessage"])
    mapped(
        scene,
        EventSourceArn=stream,
        FunctionName=function(scene, role, _SENDS.format(queue=queue))[0],
        StartingPosition="TRIM_HORIZON",
        BatchSize=1000,
        MaximumBatchingWindowInSeconds=1,
        ParallelizationFactor=1,
        TumblingWindowInSeconds=900,
    )
    scene.client("dynamodb").put_item(TableName=name, Item={"id": {"S": "one"}})
    (message, *_) = scene.until(
        lambda: scene.received(queue), "the function was called", PROPAGATION_SECONDS
    )
    told = json.loads(message["Body"])
    expect(bool(told["shard"]), f"{told}")
    return f"a name of {len(told['shard'])} characters"


@assumed(
    f"{_S3}/userguide/PresignedUrlUploadObject.html",
    means="A client could upload more, or something else, than the API has agreed to.",
    plan_b="The splitter compares size and hash before it reads lines.",
)
def presigned_upload_takes_what_was_signed_alone(scene: Scene) -> str:
    """A URL signed for a length and a SHA-256 refuses another length and other bytes."""
    url, headers = _signed(scene, scene.shared(_bucket))
    longer = _upload(url, headers, _CONTENT + b"\n")
    other = _upload(url, headers, _CONTENT.replace(b"echo", b"demo"))
    taken = _upload(url, headers, _CONTENT)
    seen = f"{longer} for another length, {other} for other bytes, {taken} for what was signed"
    expect({longer, other} <= _REFUSED and taken == HTTPStatus.OK, seen)
    return seen


@assumed(
    f"{_S3}/userguide/EventNotifications.html",
    means="Uploaded batches are not noticed.",
    plan_b='Put {"batchId": "…"} into the queue of transfers, or repeat the upload.',
)
def upload_is_named_in_the_queue(scene: Scene) -> str:
    """S3 sends the key of an object that was put to a queue whose policy names the bucket."""
    bucket = scene.shared(_bucket)
    url, headers = _signed(scene, bucket, key="uploads/a b.jsonl")
    expect(_upload(url, headers, _CONTENT) == HTTPStatus.OK, "the upload was refused")
    queue = scene.shared(_queue)

    def key() -> str:
        bodies = [json.loads(one["Body"]) for one in scene.received(queue)]
        keys = [it["s3"]["object"]["key"] for body in bodies for it in body.get("Records", ())]
        return next((it for it in keys if "+" in it or "%20" in it), "")

    return scene.until(key, "a message that names the object", PROPAGATION_SECONDS)


def _queue(scene: Scene) -> str:
    """A queue that takes what S3 sends."""
    return scene.queue()


def _bucket(scene: Scene) -> str:
    """A bucket whose uploads are named in the queue."""
    s3, name, queue = scene.client("s3"), scene.run.name(), scene.shared(_queue)
    region = s3.meta.region_name

    def remove() -> None:
        for one in s3.list_objects_v2(Bucket=name).get("Contents", ()):
            s3.delete_object(Bucket=name, Key=one["Key"])
        s3.delete_bucket(Bucket=name)

    def create() -> str:
        place = {"LocationConstraint": region}
        more = {} if region == "us-east-1" else {"CreateBucketConfiguration": place}
        s3.create_bucket(Bucket=name, **more)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": scene.listed_tags})
        return name

    scene.temporary.make(name, create, remove)
    arn = scene.queue_arn(queue)
    allowed: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{name}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    scene.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    rule = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "uploads/"}]}}
    told = {"QueueArn": arn, "Events": ["s3:ObjectCreated:Put"], "Filter": rule}
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": [told]}
    )
    return name


def _signed(scene: Scene, bucket: str, key: str = "one.jsonl") -> tuple[str, dict[str, str]]:
    """A URL for the content alone, and the headers that go with it."""
    checksum = b64encode(sha256(_CONTENT).digest()).decode()
    url = scene.client("s3", _SIGNED).generate_presigned_url(
        "put_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ContentLength": len(_CONTENT),
            "ContentType": "application/jsonl",
            "ChecksumSHA256": checksum,
        },
        ExpiresIn=300,
    )
    return url, {"content-type": "application/jsonl", "x-amz-checksum-sha256": checksum}


def _upload(url: str, headers: dict[str, str], content: bytes) -> int:
    """The status of an upload."""
    request = Request(url, content, headers, method="PUT")  # noqa: S310 - AWS's own URL
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return int(answer.status)
    except HTTPError as error:
        return error.code
