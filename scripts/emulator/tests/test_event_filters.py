"""Event filtering, rule by rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ministack_extensions.functions.event_filters import InvalidPattern, delivered, patterns

RECORD: dict[str, Any] = {
    "eventName": "MODIFY",
    "dynamodb": {"NewImage": {"status": {"S": "ended well"}, "attempts": {"N": "3"}}},
}


def image(**attributes: Any) -> dict[str, Any]:
    """A pattern for the new image."""
    return {"dynamodb": {"NewImage": attributes}}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"eventName": ["INSERT", "MODIFY"]}, True),
        ({"eventName": ["REMOVE"]}, False),
        (image(status={"S": ["ended well", "ended badly"]}), True),
        ({"eventName": ["INSERT"], **image(status={"S": ["ended well"]})}, False),
        (image(status={"S": [{"prefix": "ended"}]}), True),
        (image(status={"S": [{"suffix": "well"}, "open"]}), True),
        (image(status={"S": [{"equals-ignore-case": "ENDED WELL"}]}), True),
        (image(status={"S": [{"anything-but": ["open", "running"]}]}), True),
        (image(status={"S": [{"anything-but": ["ended well"]}]}), False),
        (image(attempts={"N": [{"numeric": [">", 2, "<=", 3]}]}), True),
        (image(attempts={"N": [{"numeric": ["<", 3]}]}), False),
        (image(status={"S": [{"numeric": ["=", 3]}]}), False),
        (image(error=[{"exists": False}]), True),
        (image(status={"S": [{"exists": True}]}), True),
        (image(error={"S": [{"anything-but": ["x"]}]}), False),
    ],
)
def test_a_record_is_delivered_where_a_pattern_matches(
    pattern: dict[str, Any],
    matches: bool,  # noqa: FBT001
) -> None:
    """Objects nest, lists hold alternatives, and a rule asks for what is there."""
    assert delivered(RECORD, [pattern]) is matches
    assert delivered(RECORD, [{"eventName": ["NEVER"]}, pattern]) is matches


def test_all_records_are_delivered_where_there_is_no_pattern() -> None:
    """A mapping without filters."""
    assert delivered(RECORD, patterns({}))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"a": 1}', '{"a": []}', '{"a": [{"like": 1}]}'])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    """Lambda refuses it when the mapping is created."""
    with pytest.raises(InvalidPattern):
        patterns({"FilterCriteria": {"Filters": [{"Pattern": text}]}})


def test_patterns_are_read_from_a_mapping() -> None:
    """As the API has them: JSON in text."""
    wanted = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT"]})}]}}
    assert patterns(wanted) == [{"eventName": ["INSERT"]}]
