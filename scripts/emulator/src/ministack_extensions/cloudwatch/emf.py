"""Metrics that functions write into their logs: the embedded metric format.

AWS: "Specification: Embedded metric format" (CloudWatch_Embedded_Metric_Format_Specification.html).
A line is read once, when it is in the log of a function; the log keeps it.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ministack_extensions.cloudwatch.wire import TARGET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ministack_extensions.upstream import Emulator

_GROUPS = "/aws/lambda/"
_MARK = '"_aws"'
_LOGS = "Logs_20140328"
_MAX_DIMENSIONS = 30
Datum = dict[str, Any]


class EmbeddedMetrics:
    """Remembers how far each log group was read."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], int] = {}
        self._read: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._began = int(time.time() * 1000)

    async def publish(self, region: str, emulator: Emulator) -> None:
        """Everything that functions have written since the last time."""
        wanted: dict[str, Any] = {"logGroupNamePrefix": _GROUPS}
        answer = await emulator.json_api("logs", region, f"{_LOGS}.DescribeLogGroups", wanted)
        by_namespace: dict[str, list[Datum]] = defaultdict(list)
        for group in answer.json().get("logGroups", ()):
            for line in await self._new_lines(region, group["logGroupName"], emulator):
                for namespace, datum in data_of(line):
                    by_namespace[namespace].append(datum)
        for namespace, data in by_namespace.items():
            document = {"Namespace": namespace, "MetricData": data}
            await emulator.json_api("monitoring", region, f"{TARGET}.PutMetricData", document)

    async def _new_lines(self, region: str, group: str, emulator: Emulator) -> list[str]:
        key = (region, group)
        since, read = self._since.get(key, self._began), self._read[key]
        lines, newest = [], since
        wanted: dict[str, Any] = {"logGroupName": group, "startTime": since}
        while True:
            answer = await emulator.json_api("logs", region, f"{_LOGS}.FilterLogEvents", wanted)
            page = answer.json()
            for event in page.get("events", ()):
                known = f"{event['timestamp']} {event['logStreamName']} {event['message']}"
                if _MARK in event["message"] and known not in read:
                    read.add(known)
                    lines.append(event["message"])
                newest = max(newest, event["timestamp"])
            if not page.get("nextToken"):
                break
            wanted["nextToken"] = page["nextToken"]
        # Lines of the newest moment may still come; those before it are read for good.
        self._read[key] = {one for one in read if int(one.partition(" ")[0]) >= newest}
        self._since[key] = newest
        return lines


def data_of(line: str) -> Iterator[tuple[str, Datum]]:
    """Namespace and data point of every metric in a line; nothing where it is malformed."""
    try:
        document = json.loads(line)
        about = document["_aws"]
        for directive in about["CloudWatchMetrics"]:
            for names in directive["Dimensions"] or [[]]:
                dimensions = [{"Name": name, "Value": document[name]} for name in names]
                if len(dimensions) > _MAX_DIMENSIONS or not _texts(dimensions):
                    continue
                for metric in directive["Metrics"]:
                    values = document[metric["Name"]]
                    yield (
                        directive["Namespace"],
                        {
                            "MetricName": metric["Name"],
                            "Dimensions": dimensions,
                            "Timestamp": about["Timestamp"] / 1000,
                            "Unit": metric.get("Unit", "None"),
                            "Values": values if isinstance(values, list) else [values],
                        },
                    )
    except (ValueError, KeyError, TypeError):
        return


def _texts(dimensions: Iterable[dict[str, Any]]) -> bool:
    """AWS drops a metric whose dimension is empty or no text."""
    return all(isinstance(one["Value"], str) and one["Value"] for one in dimensions)
