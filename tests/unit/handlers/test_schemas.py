"""The schemas beside the handlers: what API and worker let through."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

import handlers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = sorted(Path(handlers.__file__).parent.glob("*.schema.json"))
# These mean the same in draft-07 and in 2020-12, which OpenAPI 3.1 speaks.
SAME_IN_BOTH = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "const"),
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"),
    *("title", "description", "examples"),
}
GOOD: dict[str, list[dict[str, Any]]] = {
    "send_email": [
        {"to": "a@b.co", "subject": "Hi", "text": "x"},
        {"to": "a@b.co", "subject": "Grüße", "text": "x", "html": "<p>x</p>"},
    ],
    "process_order": [
        {"productId": "p-1", "quantity": 1, "customerEmail": "a@b.co", "unitPrice": 9.99}
    ],
    "process_order.result": [
        {
            "message": "Order processed",
            "orderId": f"ord-{'0a' * 12}",
            "createdAt": "2030-01-02T03:04:05.000Z",
            "status": "PROCESSED",
        }
    ],
    "import_orders": [
        {
            "orders": [
                {"productId": "p-1", "quantity": 1, "customerEmail": "a@b.co", "unitPrice": 9.99}
            ]
        }
    ],
    "import_row": [
        {"productId": "p-1", "quantity": 1, "customerEmail": "a@b.co", "unitPrice": 9.99},
    ],
    "summarize_import": [{"commands": 1}, {"commands": 100, "linesPerCommand": 1000}],
    "forecast_demand": [{"perDay": 40, "days": 30}, {"perDay": 0.1, "days": 1, "runs": 1000000}],
    "generate_report": [{}, {"sinceHours": 720, "limit": 10000}],
    "deliver_webhook": [
        {"url": "https://example.com/x?y=z", "payload": {"any": [1, None]}},
        {"url": "http://example.com", "payload": []},
    ],
}
BAD: dict[str, list[dict[str, Any]]] = {
    "send_email": [
        {"to": "a@b.co", "subject": "Hi"},
        {"to": "nobody", "subject": "Hi", "text": "x"},
        {"to": "a@b.co\nBcc: c@d.co", "subject": "Hi", "text": "x"},
        {"to": "a@b.co", "subject": "Hi\r\nBcc: c@d.co", "text": "x"},
        {"to": "a@b.co", "subject": "Hi\n", "text": "x"},
        {"to": "a@b.co", "subject": "x" * 201, "text": "x"},
        {"to": ["a@b.co"], "subject": "Hi", "text": "x"},
        {"to": "a@b.co", "subject": "Hi", "text": "x", "from": "ceo@b.co"},
    ],
    "process_order": [
        {**GOOD["process_order"][0], **change}
        for change in (
            {"quantity": 0},
            {"quantity": 1.5},
            {"quantity": True},
            {"quantity": "1"},
            {"unitPrice": 0},
            {"unitPrice": -1},
            {"unitPrice": 1e300},
            {"customerEmail": "nobody"},
            {"productId": ""},
            {"orderId": "mine"},
        )
    ],
    "process_order.result": [
        {**GOOD["process_order.result"][0], **change}
        for change in ({"orderId": "ord-1"}, {"status": "PENDING"}, {"customerEmail": "a@b.co"})
    ],
    "import_orders": [{}, {"orders": []}, {"orders": [{}]}, {"orders": [{"quantity": 0}]}],
    "import_row": [{}, {"orders": []}, {"quantity": 0}],
    "summarize_import": [{}, {"commands": 0}, {"commands": 101}, {"commands": 1, "lines": 5}],
    "forecast_demand": [
        {},
        {"perDay": 40},
        {"perDay": 0, "days": 1},
        {"perDay": 40, "days": 1.5},
        {"perDay": 40, "days": 366},
        {"perDay": 40, "days": 1, "runs": 1000001},
        {"perDay": 40, "days": 1, "image": "x"},
    ],
    "generate_report": [{"limit": 0}, {"limit": 10001}, {"sinceHours": 721}, {"bucket": "x"}],
    "deliver_webhook": [
        {"url": "ftp://example.com/x", "payload": {}},
        {"url": "https://example.com/ x", "payload": {}},
        {"url": "https://example.com/x\n", "payload": {}},
        {"url": "https://example.com/x", "payload": "text"},
        {"url": "https://example.com/x", "payload": {}, "headers": {"Host": "x"}},
    ],
}


def kind(path: Path) -> str:
    """The type of command that a schema is for, with `.result` where it is for that."""
    return path.name.removesuffix(".schema.json")


def nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all that are in it."""
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from nodes(inner)


@pytest.mark.parametrize("path", FILES, ids=kind)
def test_a_schema_means_the_same_in_every_draft(path: Path) -> None:
    """The worker reads it as draft-07, the OpenAPI document as 2020-12."""
    schema = json.loads(path.read_text())
    assert schema.pop("$schema") == "http://json-schema.org/draft-07/schema#"
    assert {word for node in nodes(schema) for word in node} <= SAME_IN_BOTH


@pytest.mark.parametrize("path", FILES, ids=kind)
def test_a_schema_bounds_everything(path: Path) -> None:
    """No unknown field, no text and no number without an end."""
    schema = json.loads(path.read_text())
    assert schema["additionalProperties"] is False
    for field in schema["properties"].values():
        assert field["description"]
        if "enum" in field:
            continue
        if field["type"] == "string":
            assert 0 < field["minLength"] <= field["maxLength"]
        if field["type"] in ("integer", "number"):
            assert field["minimum"] <= field["maximum"]


# Texts that make a regular expression try again and again: of one kind, and then none of it.
UNITS = ("a", "1", ".", "-", "@", "a.", "a@", ".@", "/", " ", "a ", ":", "\u00fc", "=")
FRAMES = (("", " "), ("", "\n"), ("a@", " "), ("https://", " "), ("a", "@"), ("\n", "!\n"))
SIZES = (2_000, 4_000, 8_000)
# Four times the text may take that many times as long; a square takes sixteen times.
STEEPEST = 9.0


def patterns(node: object) -> Iterator[str]:
    """Every regular expression of a schema, wherever it stands."""
    for word, inner in node.items() if isinstance(node, dict) else ():
        if word == "pattern" and isinstance(inner, str):
            yield inner
        yield from patterns(inner)
    for inner in node if isinstance(node, list) else ():
        yield from patterns(inner)


def steepness(pattern: str) -> float:
    """How many times as long the worst misfit takes when it is four times as long."""
    search, worst = re.compile(pattern).search, 1.0
    for unit in UNITS:
        for head, tail in FRAMES:
            took = [quickest(search, head + unit * (size // len(unit)) + tail) for size in SIZES]
            # Below a tenth of a millisecond it is the clock that is measured.
            if took[-1] > 1e-4:
                worst = max(worst, took[-1] / max(took[0], 1e-6))
            if all(later > 3 * earlier for earlier, later in pairwise(took)) and took[-1] > 1e-3:
                return STEEPEST + worst
    return worst


def quickest(search: Callable[[str], object], text: str) -> float:
    """CPU seconds of the quickest of a few searches: what disturbs makes them longer only."""
    best = float("inf")
    for _ in range(3):
        began = time.thread_time()
        search(text)
        best = min(best, time.thread_time() - began)
        if best > 1:
            break
    return best


@pytest.mark.parametrize("path", FILES, ids=kind)
def test_every_pattern_takes_linear_time(path: Path) -> None:
    """Of what does not match, four times as much takes four times as long and not sixteen."""
    for pattern in set(patterns(json.loads(path.read_text()))):
        assert steepness(pattern) < STEEPEST, f"{pattern} of {path.name} is not linear"


def test_a_pattern_that_is_not_linear_is_found() -> None:
    """The one for addresses as it was: every dot was tried as the last one."""
    assert steepness("^[!-?A-~]+@[!-?A-~]+[.][!-?A-~]+$") > STEEPEST
    assert steepness("^ *[a-z]+$") < STEEPEST < steepness(r"\s+$")


@pytest.mark.parametrize("path", FILES, ids=kind)
def test_a_schema_gives_examples_that_fit(path: Path) -> None:
    """The API's pages and the dashboard show them; every worked example has some."""
    schema = json.loads(path.read_text())
    validate = fastjsonschema.compile(schema)
    examples = schema.get("examples", [])
    assert [validate(one) for one in examples] == examples
    assert examples or kind(path) not in GOOD


@pytest.mark.parametrize(
    ("path", "given", "fits"),
    [
        pytest.param(path, given, fits, id=f"{kind(path)}-{fits}-{number}")
        for path in FILES
        for fits, examples in ((True, GOOD), (False, BAD))
        for number, given in enumerate(examples.get(kind(path), []))
    ],
)
def test_a_schema_tells_good_from_bad(path: Path, given: dict[str, Any], *, fits: bool) -> None:
    """What a handler relies on is checked before it runs."""
    validate = fastjsonschema.compile(json.loads(path.read_text()))
    if fits:
        assert validate(given) == given
    else:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate(given)
