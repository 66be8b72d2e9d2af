"""What Lambda hands to a worker, made without a queue; goes beside the children of the bench."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def event(numbers: Iterable[int], body: str) -> dict[str, Any]:
    """A batch with a message for each number, all with the same body."""
    return {"Records": [record(f"command-{number}", body) for number in numbers]}


def record(command_id: str, body: str) -> dict[str, Any]:
    """One message as it arrives for the first time."""
    now = str(int(time.time() * 1000))
    return {
        "messageId": f"message-{command_id}",
        "receiptHandle": f"receipt-{command_id}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "SenderId": "1",
            "ApproximateFirstReceiveTimestamp": now,
        },
        "messageAttributes": {"command_id": {"dataType": "String", "stringValue": command_id}},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:bench",
        "awsRegion": "us-east-1",
    }


def lambda_context() -> Any:
    """A context with half a minute left."""
    return SimpleNamespace(
        function_name="bench",
        memory_limit_in_mb=256,
        invoked_function_arn="",
        aws_request_id="1",
        get_remaining_time_in_millis=lambda: 30_000,
    )
