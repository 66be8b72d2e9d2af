"""A queue that hears what a topic says, for as long as a drill lasts."""

from __future__ import annotations

import contextlib
import json
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.target.target import Target

_WAIT_SECONDS = 1
_MOST = 10


@dataclass(frozen=True)
class Notification:
    """What an alarm told: its name and its new state."""

    alarm: str
    state: str


@dataclass(frozen=True)
class Mailbox:
    """The queue's receiving end."""

    sqs: Any
    url: str

    def read(self) -> list[Notification]:
        """What has arrived; waits a second for it."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=_MOST, WaitTimeSeconds=_WAIT_SECONDS
        )
        found = []
        for message in answer.get("Messages", []):
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            # Whatever else is published to the topic is not for us.
            with contextlib.suppress(ValueError, KeyError, TypeError):
                alarm = json.loads(json.loads(message["Body"])["Message"])
                found.append(Notification(alarm["AlarmName"], alarm["NewStateValue"]))
        return found


@contextmanager
def subscribed(target: Target) -> Iterator[Mailbox]:
    """A mailbox at the environment's topic; gone afterwards, subscription and queue."""
    sqs, sns, topic = target.client("sqs"), target.client("sns"), target.outputs["alarm_topic_arn"]
    name = f"{topic.rpartition(':')[2]}-drill-{uuid.uuid4().hex[:8]}"[-80:]
    url = sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "3600"})[
        "QueueUrl"
    ]
    with contextlib.ExitStack() as undo:
        undo.callback(_quietly, sqs.delete_queue, QueueUrl=url)
        wanted = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
        arn = sqs.get_queue_attributes(**wanted)["Attributes"]["QueueArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            },
        }
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        undo.callback(_quietly, sns.unsubscribe, SubscriptionArn=subscription)
        yield Mailbox(sqs, url)


def _quietly(call: Any, **parameters: str) -> None:  # noqa: ANN401
    # Clearing up must not hide what went wrong before.
    with contextlib.suppress(ClientError):
        call(**parameters)
