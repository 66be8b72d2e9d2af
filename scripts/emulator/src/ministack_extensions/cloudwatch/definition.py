"""What a metric alarm watches, and the state that its metrics mean.

AWS: "Using Amazon CloudWatch alarms", evaluating an alarm and missing data (alarm-evaluation.html,
alarms-and-missing-data.html). The periods are whole ones by the clock, the running one included, so
an alarm rings here as soon as its condition holds and not after the minute is over.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack_extensions.cloudwatch import expressions

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_PERIOD = 60


class Refused(Exception):
    """AWS would refuse the alarm, or it could never be judged here."""


@dataclass(frozen=True)
class Stat:
    """One metric with a statistic, as GetMetricData asks for it."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str

    def as_query(self, query_id: str, period: int) -> dict[str, Any]:
        """The query of GetMetricData."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {
            "Id": query_id,
            "MetricStat": {"Metric": metric, "Period": period, "Stat": self.stat},
        }


@dataclass(frozen=True)
class Definition:
    """A metric alarm: `stats` by the id that the expression knows them by."""

    parameters: dict[str, Any]
    stats: dict[str, Stat]
    expression: ast.expr
    period: int

    @property
    def periods(self) -> int:
        """How many periods are looked at."""
        return int(self.parameters.get("EvaluationPeriods", 1))

    def state(self, periods: Sequence[dict[str, float]], current: str) -> str:
        """The state that the metrics of each period mean; the current one where they say nothing.

        Each period has the values that there are, by the ids of `stats`.
        """
        holds = _HOLDS[self.parameters["ComparisonOperator"]]
        needed = int(self.parameters.get("DatapointsToAlarm") or self.periods)
        missing = self.parameters.get("TreatMissingData", "missing")
        values = [
            expressions.evaluate(self.expression, {**dict.fromkeys(self.stats), **period})
            for period in periods
        ]
        there = [value for value in values if value is not None]
        if not there and missing in ("missing", "ignore"):
            return current if missing == "ignore" else "INSUFFICIENT_DATA"
        threshold = float(self.parameters["Threshold"])
        breaching = sum(holds(value, threshold) for value in there)
        breaching += (len(values) - len(there)) * (missing == "breaching")
        return "ALARM" if breaching >= needed else "OK"


def defined(parameters: dict[str, Any]) -> Definition:
    """The alarm of a PutMetricAlarm; Refused with the reason."""
    if parameters.get("ComparisonOperator") not in _HOLDS or "Threshold" not in parameters:
        raise Refused(
            "Exactly one of Threshold and an anomaly detection band has to be set, with a"
            " comparison operator; bands are not emulated."
        )
    if ("MetricName" in parameters) == ("Metrics" in parameters):
        raise Refused("Exactly one of MetricName or Metrics must be set.")
    if "MetricName" in parameters:
        stat = parameters.get("ExtendedStatistic") or parameters.get("Statistic")
        if not stat:
            raise Refused("Exactly one of Statistic or ExtendedStatistic must be set.")
        stats = {"metric": _stat(parameters, stat)}
        period = int(parameters.get("Period", _PERIOD))
        return Definition(parameters, stats, expressions.parse("metric"), period)
    return _by_expression(parameters)


def _by_expression(parameters: dict[str, Any]) -> Definition:
    queries = {query["Id"]: query for query in parameters["Metrics"]}
    returned = [query for query in queries.values() if query.get("ReturnData", True)]
    if len(returned) != 1:
        raise Refused("Exactly one element of the metrics list should return data.")
    try:
        tree = expressions.parse(returned[0].get("Expression") or returned[0]["Id"])
    except expressions.Unsupported as error:
        raise Refused(f"Not emulated in an expression: {error}") from error
    stats, periods = {}, {_PERIOD}
    for name in expressions.names(tree):
        metric_stat = queries.get(name, {}).get("MetricStat")
        if not metric_stat:
            raise Refused(f"The expression refers to {name}, which is no metric of the list.")
        stats[name] = _stat(metric_stat["Metric"], metric_stat["Stat"])
        periods.add(int(metric_stat["Period"]))
    return Definition(parameters, stats, tree, max(periods))


def _stat(metric: dict[str, Any], stat: str) -> Stat:
    dimensions = tuple((one["Name"], one["Value"]) for one in metric.get("Dimensions") or ())
    return Stat(metric["Namespace"], metric["MetricName"], dimensions, stat)
