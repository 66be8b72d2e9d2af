"""The queue operations that a message move task needs, as the account's root."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator


class SqsError(Exception):
    """SQS refused a call; the text is its error code."""


@dataclass(frozen=True)
class Queue:
    """One queue, named by its ARN."""

    arn: str
    emulator: Emulator

    @property
    def region(self) -> str:
        """The region in the ARN."""
        return self.arn.split(":")[3]

    @property
    def url(self) -> str:
        """The URL under which the emulator knows it."""
        account, name = self.arn.split(":")[4:6]
        return f"http://{self.emulator.host}/{account}/{name}"

    async def call(self, operation: str, **parameters: object) -> dict[str, Any]:
        """Call an operation on this queue; SqsError when it fails."""
        return await sqs(
            self.emulator, self.region, operation, {"QueueUrl": self.url, **parameters}
        )

    async def attributes(self) -> dict[str, str] | None:
        """All attributes, or None when there is no such queue."""
        try:
            answer = await self.call("GetQueueAttributes", AttributeNames=["All"])
        except SqsError:
            return None
        attributes: dict[str, str] = answer.get("Attributes", {})
        return attributes

    async def is_dead_letter_queue(self) -> bool:
        """Whether another queue of the region redrives to this one."""
        listed = await sqs(self.emulator, self.region, "ListQueues", {"MaxResults": 1000})
        for url in listed.get("QueueUrls", []):
            source = await sqs(
                self.emulator,
                self.region,
                "GetQueueAttributes",
                {"QueueUrl": url, "AttributeNames": ["RedrivePolicy"]},
            )
            policy = json.loads(source.get("Attributes", {}).get("RedrivePolicy", "{}"))
            if policy.get("deadLetterTargetArn") == self.arn:
                return True
        return False


async def sqs(
    emulator: Emulator, region: str, operation: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Call SQS in process; SqsError when it fails."""
    answer = await emulator.json_api("sqs", region, f"AmazonSQS.{operation}", parameters)
    if not answer.ok:
        code = str(answer.json().get("__type", "InternalError")).rpartition("#")[2]
        raise SqsError(code)
    return answer.json()
