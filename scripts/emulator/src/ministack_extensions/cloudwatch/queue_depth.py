"""AWS/SQS: the depth of every queue that an alarm watches, and the age of its oldest message.

AWS: "Available CloudWatch metrics for Amazon SQS" (sqs-available-cloudwatch-metrics.html). There
they come every minute, here every round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack_extensions.cloudwatch.wire import TARGET
from ministack_extensions.sqs.in_flight import oldest_seconds
from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ministack_extensions.cloudwatch.definition import Stat
    from ministack_extensions.upstream import Emulator

NAMESPACE = "AWS/SQS"
_GAUGES = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}


class QueueDepth:
    """Asks the queues, and publishes what changed to or from nothing."""

    def __init__(self) -> None:
        self._empty: set[str] = set()

    async def publish(self, region: str, stats: Iterable[Stat], emulator: Emulator) -> None:
        """One data point per gauge; an empty queue that was empty before has nothing to say."""
        watched = {
            dict(stat.dimensions).get("QueueName") for stat in stats if stat.namespace == NAMESPACE
        }
        for queue in sorted(name for name in watched if name):
            wanted = {
                "QueueUrl": f"http://{emulator.host}/{ACCOUNT_ID}/{queue}",
                "AttributeNames": list(_GAUGES.values()),
            }
            answer = await emulator.json_api("sqs", region, "AmazonSQS.GetQueueAttributes", wanted)
            attributes = answer.json().get("Attributes", {})
            depths = {name: int(attributes.get(of, 0)) for name, of in _GAUGES.items()}
            if not any(depths.values()):
                if queue in self._empty:
                    continue
                self._empty.add(queue)
            else:
                self._empty.discard(queue)
            age = oldest_seconds(queue, region)
            data = [
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "QueueName", "Value": queue}],
                    "Value": value,
                    "Unit": unit,
                }
                for name, value, unit in (
                    *((name, float(depth), "Count") for name, depth in depths.items()),
                    ("ApproximateAgeOfOldestMessage", age, "Seconds"),
                )
            ]
            document = {"Namespace": NAMESPACE, "MetricData": data}
            await emulator.json_api("monitoring", region, f"{TARGET}.PutMetricData", document)
