"""The work queue, as far as a worker has to speak to it: Lambda itself receives and deletes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
MAX_VISIBILITY_SECONDS = 12 * 60 * 60


@dataclass(frozen=True)
class SQSQueue:
    """One queue; the client is made when it is first needed, which most batches never do."""

    client: Callable[[], Any]
    url: str

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Change when the message comes back, in whole seconds and at most twelve hours."""
        self.client().change_message_visibility(
            QueueUrl=self.url,
            ReceiptHandle=receipt_handle,
            VisibilityTimeout=min(max(math.ceil(seconds), 0), MAX_VISIBILITY_SECONDS),
        )
