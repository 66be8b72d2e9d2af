"""Dead-letter queues: how messages get there, and how they return."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scripts.prove.assumption import assumed, expect
from scripts.prove.scene import PROPAGATION_SECONDS

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_ATTRIBUTES = {"command_id": {"DataType": "String", "StringValue": "c-1"}}


def _pair(scene: Scene, receives: int = 1000) -> tuple[str, str]:
    """URLs of a queue and of its dead-letter queue."""
    dlq = scene.queue()
    policy = {"deadLetterTargetArn": scene.queue_arn(dlq), "maxReceiveCount": receives}
    return scene.queue(VisibilityTimeout="1", RedrivePolicy=json.dumps(policy)), dlq


@assumed(
    f"{_GUIDE}/sqs-dead-letter-queues.html",
    means="A message that kills every worker is never dead-lettered, or loses its command id.",
    plan_b="sqs_retention_seconds: such a message ends with its retention.",
)
def receive_limit_dead_letters(scene: Scene) -> str:
    """Beyond maxReceiveCount SQS moves the message with its id and attributes."""
    url, dlq = _pair(scene, receives=1)
    sent = scene.client("sqs").send_message(
        QueueUrl=url, MessageBody="x", MessageAttributes=_ATTRIBUTES
    )["MessageId"]
    scene.until(lambda: scene.received(url), "the message")

    def moved() -> list[dict[str, object]]:
        scene.received(url, WaitTimeSeconds=0)
        return scene.received(dlq)

    (message,) = scene.until(moved, "the message is in the dead-letter queue")
    expect(message["MessageId"] == sent, "another MessageId")
    expect(message["MessageAttributes"]["command_id"]["StringValue"] == "c-1", "no command_id")  # type: ignore[index]
    return "moved after one receive, same MessageId, command_id kept"


@assumed(
    f"{_API}/API_StartMessageMoveTask.html",
    means="`scripts.dlq redrive` cannot return what the worker itself dead-lettered.",
    plan_b="`scripts.dlq export` and `import`, which copy messages.",
)
def worker_sent_message_is_redriven(scene: Scene) -> str:
    """A message sent to the DLQ moves to a named destination, with its attributes."""
    sqs = scene.client("sqs")
    url, dlq = _pair(scene)
    sqs.send_message(QueueUrl=dlq, MessageBody="x", MessageAttributes=_ATTRIBUTES)
    sqs.start_message_move_task(SourceArn=scene.queue_arn(dlq), DestinationArn=scene.queue_arn(url))
    (message,) = scene.until(
        lambda: scene.received(url), "the message is in the queue", PROPAGATION_SECONDS
    )
    expect(message.get("MessageAttributes", {}).get("command_id"), "no command_id")
    return "moved, command_id kept"


@assumed(
    f"{_API}/API_StartMessageMoveTask.html",
    means="`scripts.dlq redrive` sends a worker-sent message nowhere, or to the wrong queue.",
    plan_b="None needed: the tool always names the destination.",
)
def worker_sent_message_has_no_source(scene: Scene) -> str:
    """Without a destination, a message that was sent to the DLQ is not moved."""
    sqs = scene.client("sqs")
    url, dlq = _pair(scene)
    sqs.send_message(QueueUrl=dlq, MessageBody="x")
    sqs.start_message_move_task(SourceArn=scene.queue_arn(dlq))
    status = scene.until(lambda: _ended(scene, dlq), "the task ended", PROPAGATION_SECONDS)
    expect(not scene.received(url), "moved to the queue")
    return f"task {status}, nothing moved"


def _ended(scene: Scene, dlq: str) -> str | None:
    tasks = scene.client("sqs").list_message_move_tasks(SourceArn=scene.queue_arn(dlq))
    status = str(tasks["Results"][0]["Status"])
    return None if status in {"RUNNING", "CANCELLING"} else status


@assumed(
    f"{_API}/API_StartMessageMoveTask.html",
    means="Two operators can redrive at once; each message still moves once.",
    plan_b="None needed.",
)
def one_move_task_at_a_time(scene: Scene) -> str:
    """A second move task of the same queue is refused while the first runs."""
    sqs = scene.client("sqs")
    url, dlq = _pair(scene)
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    sqs.send_message_batch(QueueUrl=dlq, Entries=entries)
    task = {"SourceArn": scene.queue_arn(dlq), "DestinationArn": scene.queue_arn(url)}
    sqs.start_message_move_task(**task, MaxNumberOfMessagesPerSecond=1)
    return scene.refusal(sqs.start_message_move_task, **task)
