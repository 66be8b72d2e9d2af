"""What waits in each queue of the deployment, as the page shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scripts.dlq.queue import Queue
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scripts.local.dashboard.deployed import Deployed

DEFAULT = "default"
_LATELY = timedelta(minutes=2)


def rows(deployed: Deployed) -> list[dict[str, Any]]:
    """The queues of a deployment that has several, the default one first; empty for one queue."""
    target = deployed.target
    others = deployed.queues
    if not others:
        return []
    of_default = {"sqs_queue_url": target.queue_url, "sqs_dlq_url": target.dlq_url}
    return [
        _row(deployed, name, outputs)
        for name, outputs in [(DEFAULT, of_default), *sorted(others.items())]
    ]


def _row(deployed: Deployed, name: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    sqs = deployed.target.sqs
    queue, dlq = Queue(sqs, outputs["sqs_queue_url"]), Queue(sqs, outputs["sqs_dlq_url"])
    try:
        waiting, dead = queue.depth(), dlq.depth()
    except OperatorError as error:
        return {"name": name, "problem": str(error)}
    return {
        "name": name,
        "problem": "",
        "waiting": waiting.visible,
        "taken": waiting.hidden,
        "oldestSeconds": _oldest(deployed, queue.name) if waiting.visible + waiting.hidden else 0,
        "deadLetters": dead.visible + dead.hidden,
    }


def _oldest(deployed: Deployed, queue: str) -> int | None:
    """The age of the oldest message, as CloudWatch has it; None without an alarm on it."""
    now = datetime.now(UTC)
    answer = deployed.cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - _LATELY,
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )
    points: Sequence[Any] = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return round(points[-1]["Maximum"]) if points else None
