"""One-time schedules of EventBridge Scheduler, which send held messages to the queue by themselves.

A schedule is named by its command, deletes itself when it has fired, and needs no function: its
target is SendMessage with all attributes.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.adapters.sqs.queue import content
from command_api.domain import envelope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from command_api.domain.message import Message

# https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
INPUT_BYTES = 256 * 1024


@dataclass(frozen=True, eq=False, repr=False)
class EventBridgeSchedules:
    """The schedules of one group, whose `role` sends to the queue of this URL."""

    client: Callable[[], Any]
    group: str
    role: str
    url: str

    def takes(self, message: Message) -> bool:
        """Whether a schedule could carry the message."""
        return len(self._input(message).encode()) <= INPUT_BYTES

    def create(self, message: Message, at: datetime) -> None:
        """Let a copy of the message arrive before a time, by two minutes at most.

        Scheduler fires within the minute that begins at the time of a schedule, so that a schedule
        for the time itself would be late.
        """
        early = (at - timedelta(minutes=1)).astimezone(UTC).replace(second=0, microsecond=0)
        try:
            with unavailable():
                self.client().create_schedule(
                    Name=name_of(message.key),
                    GroupName=self.group,
                    ScheduleExpression=f"at({early:%Y-%m-%dT%H:%M:%S})",
                    FlexibleTimeWindow={"Mode": "OFF"},
                    ActionAfterCompletion="DELETE",
                    Target={
                        "Arn": target(self.role),
                        "RoleArn": self.role,
                        "Input": self._input(message),
                    },
                )
        except ClientError as error:
            # An earlier delivery of the message has made it.
            if error.response["Error"]["Code"] != "ConflictException":
                raise

    def delete(self, command_id: str) -> None:
        """Delete the schedule of a command, if there is one."""
        try:
            with unavailable():
                self.client().delete_schedule(Name=name_of(command_id), GroupName=self.group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def _input(self, message: Message) -> str:
        sent = {"QueueUrl": self.url, **content(message, envelope.copy_of(message))}
        text = json.dumps(sent, ensure_ascii=False, default=lambda raw: b64encode(raw).decode())
        # Scheduler replaces what looks like <aws.scheduler.…>, but not where it is escaped.
        return text.replace("<", "\\u003c")


def target(role: str) -> str:
    """SendMessage as a schedule's target, in the partition of the ARN of its role."""
    return f"arn:{role.split(':')[1]}:scheduler:::aws-sdk:sqs:sendMessage"


def name_of(command_id: str) -> str:
    """The name of a command's schedule: 64 characters, which is what AWS takes."""
    return sha256(command_id.encode()).hexdigest()
