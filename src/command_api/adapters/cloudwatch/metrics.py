"""Metrics as log lines, which CloudWatch reads out of the log.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
Each combination of dimensions is billed as a metric, so only what differs by outcome is told by it:
a handler that fails fast must not make those look fast that complete. The line itself names the
outcome for every number, which is what queries of the log go by.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_UNITS = {
    "CommandAge": "Seconds",
    "Wait": "Seconds",
    "Duration": "Milliseconds",
    "Attempts": "Count",
    "Retries": "Count",
    "DeadLetterMessages": "Count",
    "Paused": "Count",
    "Limited": "Count",
    "Lost": "Count",
}
_BY_TYPE = [["service", "type"]]
_BY_OUTCOME = [*_BY_TYPE, ["service", "type", "outcome"]]
_DIMENSIONS = {
    "CommandAge": [["service"], *_BY_OUTCOME],
    "Duration": _BY_OUTCOME,
    "Lost": [["service"]],
}


def embedded_metrics(
    namespace: str, service: str, write: Callable[[str], object] | None = None
) -> Callable[[str, str, Mapping[str, float]], None]:
    """What writes one line per measurement: type, outcome, and numbers by the names above."""

    def directive(name: str) -> dict[str, object]:
        dimensions = _DIMENSIONS.get(name, _BY_TYPE)
        metrics = [{"Name": name, "Unit": _UNITS[name]}]
        return {"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics}

    def measure(command_type: str, outcome: str, numbers: Mapping[str, float]) -> None:
        about = {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [directive(name) for name in numbers],
        }
        # A type that nobody registered is the client's word: one name for all of them.
        line = {"_aws": about, "service": service, "type": command_type or "unknown"}
        # One write per line: the commands of a batch run side by side.
        text = json.dumps({**line, "outcome": outcome, **numbers}, separators=(",", ":"))
        (write or sys.stdout.write)(f"{text}\n")

    return measure
