"""Tables with a stream, and functions that read it through a filter as ours do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scripts.prove.lambdas import mapped
from scripts.prove.tables import created_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.prove.scene import Scene

# Sends on the key of each item to a queue, so that it is heard of from outside.
SENDS = """\
import boto3

def handler(event, context):
    for one in event["Records"]:
        key = one["dynamodb"]["Keys"]["id"]["S"]
        boto3.client("sqs").send_message(QueueUrl="{queue}", MessageBody=key)
"""
READ = [
    f"dynamodb:{name}"
    for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
]


def stream_table(scene: Scene) -> tuple[str, str]:
    """A table and its stream."""
    both = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    return created_table(scene, StreamSpecification=both)


def put(scene: Scene, table: str, key: str, status: str) -> None:
    """Write an item with a status."""
    item = {"id": {"S": key}, "status": {"S": status}}
    scene.client("dynamodb").put_item(TableName=table, Item=item)


def mapped_stream(
    scene: Scene,
    stream: str,
    function: str,
    pattern: Mapping[str, object],
    **settings: object,
) -> None:
    """A mapping of the stream to a function, filtered as ours are."""
    mapped(
        scene,
        EventSourceArn=stream,
        FunctionName=function,
        StartingPosition="TRIM_HORIZON",
        FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
        **settings,
    )
