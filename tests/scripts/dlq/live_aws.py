"""What a morgue consists of: a zip whose handlers can be healed, tables, a worker."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from scripts.build.package.build import build
from tests.builders import FUNCTION_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.local.aws import Aws, Queue

# A lease outlives the function by five seconds; the queue waits a little longer than that.
TIMEOUT, VISIBILITY = 3, 9
_ALLOWED = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}


def package() -> bytes:
    """The zip that ships, with handlers that fail until they are healed in the place of ours."""
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        shipped = build(Path(scratch, "lambda.zip"))
        with zipfile.ZipFile(shipped) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                if not name.startswith("handlers/"):
                    new.writestr(name, old.read(name))
            new.write(Path(__file__).with_name("healing.py"), "handlers/__init__.py")
    return target.getvalue()


def new_table(aws: Aws) -> str:
    """A table with the key `id`."""
    name = f"dlq-{uuid4().hex[:8]}"
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def new_worker(aws: Aws, code: bytes, queue: Queue, own: Mapping[str, str]) -> str:
    """The worker with these variables of its own, fed by the queue; the mapping's id."""
    name = f"dlq-{uuid4().hex[:8]}"
    variables = {**FUNCTION_ENVIRONMENT, "DEFAULT_COMMAND_TYPE": "work", **own}
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="command_api.entrypoints.worker.handler",
        Role=aws.role("lambda.amazonaws.com", _ALLOWED),
        Code={"ZipFile": code},
        Timeout=TIMEOUT,
        Environment={"Variables": {k: v for k, v in variables.items() if not k.startswith("AWS_")}},
    )
    mapping: str = aws.client("lambda").create_event_source_mapping(
        EventSourceArn=queue.arn,
        FunctionName=name,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )["UUID"]
    return mapping
