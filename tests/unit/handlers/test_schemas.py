"""The schemas beside the handlers: what door and worker let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

import handlers

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """The type of command that a schema is for."""
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
        if field["type"] == "string":
            assert 0 < field["minLength"] <= field["maxLength"]
        if field["type"] in ("integer", "number"):
            assert field["minimum"] <= field["maximum"]


@pytest.mark.parametrize("path", FILES, ids=kind)
def test_a_schema_gives_examples_that_fit(path: Path) -> None:
    """The API's pages and the dashboard's form show them."""
    schema = json.loads(path.read_text())
    validate = fastjsonschema.compile(schema)
    assert [validate(one) for one in schema["examples"]] == schema["examples"] != []


@pytest.mark.parametrize(
    ("path", "given", "fits"),
    [
        pytest.param(path, given, fits, id=f"{kind(path)}-{fits}-{number}")
        for path in FILES
        for fits, examples in ((True, GOOD), (False, BAD))
        for number, given in enumerate(examples[kind(path)])
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
