"""What a minute's metrics mean to an alarm, and the bytes that say so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ministack_extensions.cloudwatch import cbor
from ministack_extensions.cloudwatch.definition import Refused, defined
from ministack_extensions.cloudwatch.emf import data_of
from ministack_extensions.cloudwatch.expressions import Unsupported, evaluate, names, parse


def alarm(**settings: Any) -> dict[str, Any]:
    """An alarm that needs two of three minutes above 10."""
    return {
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        **settings,
    }


@pytest.mark.parametrize(
    ("missing", "minutes", "state"),
    [
        ("notBreaching", [11, 0, 11], "ALARM"),
        ("notBreaching", [11, None, None], "OK"),
        ("notBreaching", [10, 10, 10], "OK"),
        ("notBreaching", [None, None, None], "OK"),
        ("breaching", [None, None, 0], "ALARM"),
        ("missing", [None, None, None], "INSUFFICIENT_DATA"),
        ("ignore", [None, None, None], "ALARM"),
    ],
)
def test_state(missing: str, minutes: list[float | None], state: str) -> None:
    """Enough bad minutes ring; what is missing counts as the alarm says."""
    definition = defined(alarm(TreatMissingData=missing))
    periods = [{} if value is None else {"metric": float(value)} for value in minutes]

    assert definition.state(periods, "ALARM") == state


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("100 * FILL(failed, 0) / requests", {"failed": None, "requests": 4.0}, 0.0),
        ("IF(requests >= 5, latency, 0)", {"requests": 4.0, "latency": 9.0}, 0.0),
        ("IF(requests >= 5, latency, 0)", {"requests": 5.0, "latency": 9.0}, 9.0),
        ("IF(requests >= 5, latency, 0)", {"requests": 5.0, "latency": None}, None),
        ("a + b", {"a": 1.0, "b": None}, None),
        ("a / b", {"a": 1.0, "b": 0.0}, None),
    ],
)
def test_expression(expression: str, values: dict[str, float | None], result: float | None) -> None:
    """A period has a value where the metrics that it needs have one."""
    tree = parse(expression)

    assert evaluate(tree, values) == result
    assert names(tree) == set(values)


@pytest.mark.parametrize("expression", ["SEARCH('x')", "a ** 2", "__import__('os')", "1 +", "[a]"])
def test_expression_that_is_not_emulated(expression: str) -> None:
    """Anything else is refused before it is kept."""
    with pytest.raises(Unsupported):
        parse(expression)
    with pytest.raises(Refused):
        defined({**_without_metric(), "Metrics": [{"Id": "e", "Expression": expression}]})


def _without_metric() -> dict[str, Any]:
    return {k: v for k, v in alarm().items() if k not in {"Namespace", "MetricName", "Statistic"}}


@pytest.mark.parametrize(
    "value",
    [
        0, 23, 24, 255, 65536, 2**40, -1, -500, 1.5, True, False, None, "", "ü" * 300,
        [1, [2, {}]], {"a": {"b": ["c"]}},
    ],
)  # fmt: skip
def test_cbor_comes_back(value: object) -> None:
    """What is written can be read."""
    assert cbor.loads(cbor.dumps(value)) == value


def test_cbor_of_others() -> None:
    """Indefinite lengths, small floats and times are read; what is cut off is refused."""
    assert cbor.loads(bytes.fromhex("bf61610161629f0203ffff")) == {"a": 1, "b": [2, 3]}
    assert cbor.loads(bytes.fromhex("f93c00")) == 1.0
    assert cbor.loads(bytes.fromhex("7f61616162ff")) == "ab"
    assert cbor.loads(cbor.dumps(datetime(2030, 1, 1, tzinfo=UTC))) == 1893456000.0
    with pytest.raises(ValueError, match="CBOR"):
        cbor.loads(b"\x82\x01")


@pytest.mark.parametrize(
    "line", ["no json", "{}", '{"_aws": {}}', '{"_aws": {"CloudWatchMetrics": [{}]}}', "[]"]
)
def test_a_line_that_embeds_nothing(line: str) -> None:
    """Malformed lines are lines, and no metrics."""
    assert list(data_of(line)) == []
