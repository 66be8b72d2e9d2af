"""The queue of batches for which something is to be done in slices.

S3 names a batch there when its lines were uploaded; our functions do whenever there is more to do.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from command_api.adapters.availability import unavailable
from command_api.adapters.s3_batches import UPLOADS
from command_api.domain.model import ID_PATTERN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta


@dataclass(frozen=True, eq=False, repr=False)
class TransferQueue:
    """One queue; the client is made when it is first needed."""

    client: Callable[[], Any]
    url: str

    def put(self, batch_id: str, wait: timedelta | None = None) -> None:
        """Have the batch looked at, after so long."""
        delay = {"DelaySeconds": math.ceil(wait.total_seconds())} if wait else {}
        body = json.dumps({"batchId": batch_id})
        with unavailable():
            self.client().send_message(QueueUrl=self.url, MessageBody=body, **delay)

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Let a message come back after so many seconds."""
        with unavailable():
            self.client().change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )


def batches_in(body: str) -> Iterator[str]:
    """The batches that a message names; S3 sends one that names none when it is set up."""
    found = json.loads(body)
    if isinstance(named := found.get("batchId"), str):
        yield named
    for record in found.get("Records", ()):
        key = unquote_plus(record["s3"]["object"]["key"])
        batch_id = key.removeprefix(UPLOADS).removesuffix(".jsonl")
        if ID_PATTERN.fullmatch(batch_id):
            yield batch_id
