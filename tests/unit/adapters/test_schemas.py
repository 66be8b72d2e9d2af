"""Inputs and their schemas: every bad field is named, and nothing of what it holds is repeated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command_api.adapters.schemas import INPUT, MOST, RESULT, HandlerSchemas, _check
from command_api.domain.violations import pointer
from handlers import HANDLERS
from tests.builders import FUNCTION_ENVIRONMENT

DRAFT = "http://json-schema.org/draft-07/schema#"
SRC = Path(__file__).parents[3] / "src"


def found(schema: dict[str, Any], work: Any) -> dict[str, str]:
    """Pointers and details."""
    check = _check({"$schema": DRAFT, **schema})
    return {pointer(one.path): one.detail for one in check(work)}


OBJECT: dict[str, Any] = {
    "type": "object",
    "required": ["quantity", "items"],
    "additionalProperties": False,
    "properties": {
        "quantity": {"type": "integer", "minimum": 1},
        "items": {"type": "array", "maxItems": 2, "items": {"$ref": "#/definitions/item"}},
        "kind": {"enum": ["a", "b"]},
        "mail": {"type": "string", "format": "email", "maxLength": 254},
        "code": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 3},
    },
    "definitions": {
        "item": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 2}},
        }
    },
}


def test_every_bad_field_is_named_at_once() -> None:
    """A client that fixes what it is told is done."""
    work = {
        "quantity": 0,
        "items": [{"name": "ok"}, {"name": "x"}, {}],
        "kind": "s3cret",
        "mail": "s3cret",
        "code": "s3",
        "s3": 1,
    }
    assert found(OBJECT, work) == {
        "#/quantity": "must be at least 1",
        "#/items": "must have at most 2 items",
        "#/items/1/name": "must have at least 2 characters",
        "#/items/2/name": "is required",
        "#/kind": 'must be one of "a", "b"',
        "#/mail": "must be a valid email",
        "#/code": "must match ^[A-Z]+$",
        "#/s3": "unknown field",
    }


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        ({}, {"#/quantity": "is required", "#/items": "is required"}),
        ({"quantity": "5", "items": []}, {"#/quantity": "must be an integer"}),
        ({"quantity": True, "items": []}, {"#/quantity": "must be an integer"}),
        ({"quantity": 1, "items": [3]}, {"#/items/0": "must be an object"}),
        ({"quantity": 1.0, "items": []}, {}),
    ],
)
def test_what_is_missing_or_of_another_kind_is_named(work: Any, expected: dict[str, str]) -> None:
    """A field that is not there has a pointer, too."""
    assert found(OBJECT, work) == expected


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a/b", "#/a~1b"),
        ("m~n", "#/m~0n"),
        ("a.b", "#/a.b"),
        ("a[0]", "#/a%5B0%5D"),
        ("", "#/"),
        ("größe", "#/gr%C3%B6%C3%9Fe"),
        ("a b%", "#/a%20b%25"),
        ('q"\\', "#/q%22%5C"),
        ("{x}", "#/%7Bx%7D"),
        ("x" * 99, "#/" + "x" * 64),
    ],
)
def test_a_pointer_survives_every_name(name: str, escaped: str) -> None:
    """Escaped as RFC 6901 says, whether the schema or the client made the name up."""
    assert found({"additionalProperties": False}, {name: 1}) == {escaped: "unknown field"}
    assert found({"required": [name]}, {}) == {escaped: "is required"}
    wrong = found({"properties": {name: {"type": "string"}}}, {name: 1})
    assert list(wrong.values()) == ["must be a string"]
    assert list(wrong) == [escaped]


def test_a_dot_in_a_name_is_told_from_one_between_names() -> None:
    """The input decides which field is meant."""
    string = {"type": "string"}
    schema = {"properties": {"a.b": string, "a": {"properties": {"b": string}}}}
    assert list(found(schema, {"a.b": "fine", "a": {"b": 1234567}})) == ["#/a/b"]
    assert list(found(schema, {"a.b": 1234567, "a": {"b": "fine"}})) == ["#/a.b"]


@pytest.mark.parametrize("rule", ["anyOf", "oneOf", "not", "if"])
def test_alternatives_are_one_violation(rule: str) -> None:
    """What was only tried out is no error of its own."""
    string: Any = {"type": "string"}
    schemas: dict[str, Any] = {
        "anyOf": {"anyOf": [string, {"type": "null"}]},
        "oneOf": {"oneOf": [string, {"type": "null"}]},
        "not": {"not": {"type": "integer"}},
        "if": {"if": {"type": "integer"}, "then": {"maximum": 3}},
    }
    assert list(found({"properties": {"a": schemas[rule]}}, {"a": 5})) == ["#/a"]


def test_a_flood_of_mistakes_is_cut_short() -> None:
    """Twenty say it all, however the thousand come about."""
    numbers = {"properties": {"a": {"items": {"type": "string"}}}}
    assert len(found(numbers, {"a": list(range(5000))})) == MOST
    assert len(found({"additionalProperties": False}, {str(n): n for n in range(5000)})) == MOST


def test_an_input_is_left_as_it_is() -> None:
    """Defaults of a schema are words for people; what is stored is what the client sent."""
    work: dict[str, Any] = {}
    assert found({"properties": {"a": {"default": 1}}}, work) == {}
    assert work == {}


def test_no_pattern_runs_on_a_text_that_is_too_long() -> None:
    """All rules of a field are checked, but these may take longer than their text is long."""
    text = {"type": "string", "maxLength": 20, "pattern": "^(a+)+$", "format": "email"}
    long = "a" * 50_000 + "!"
    assert found({"properties": {"a": text}}, {"a": long}) == {
        "#/a": "must have at most 20 characters"
    }
    nested = {"definitions": {"d": text}, "items": {"$ref": "#/definitions/d"}}
    inner = {**nested, "items": {"anyOf": [{"$ref": "#/definitions/d"}, {"type": "null"}]}}
    assert list(found({"properties": {"b": inner}, **nested}, {"b": [long]})) == ["#/b/0"]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"pattern": "^a$"}}},
        {"properties": {"pattern": {"properties": {"enum": {"format": "email"}}}}},
        {"properties": {"a": {"items": [{"anyOf": [{"pattern": "^a$"}]}]}}},
        {"definitions": {"const": {"not": {"pattern": "^a$"}}}},
        {"patternProperties": {"^(a+)+$": {"type": "string"}}},
    ],
)
def test_a_pattern_without_a_longest_text_is_no_schema(schema: dict[str, Any]) -> None:
    """What cannot be bounded is found when the schema is compiled, and not by a bad input."""
    with pytest.raises(ValueError, match=r"maxLength|patternProperties"):
        _check({"$schema": DRAFT, **schema})


def test_what_is_called_like_a_rule_is_none() -> None:
    """Fields may have any name, and values that are compared hold any words."""
    values = {"const": {"pattern": "x"}, "properties": {"pattern": {"type": "string"}}}
    assert found({"properties": {"format": values}}, {"format": {"pattern": "x"}}) == {}


@pytest.mark.parametrize("uri", ["http://example.com/s.json", "https://a/b", "file:///etc/passwd"])
def test_nothing_is_fetched_for_a_schema(uri: str) -> None:
    """A schema is complete in its file."""
    with pytest.raises(Exception, match="must point into the same schema"):
        _check({"$schema": DRAFT, "properties": {"a": {"$ref": uri}}})


@pytest.mark.parametrize("ending", [INPUT, RESULT])
@pytest.mark.parametrize("kind", HANDLERS)
def test_every_schema_beside_a_handler_works(kind: str, ending: str) -> None:
    """It is of the draft that the library and OpenAPI both read, and what has none takes all."""
    schemas = HandlerSchemas(ending)
    schema = schemas.schema(kind)
    if schema is None:
        assert schemas.violations(kind, {"anything": [1]}) == ()
    else:
        assert schema["$schema"] == DRAFT
        assert schemas.violations(kind, {"\x00": None})


def test_every_schema_belongs_to_a_handler() -> None:
    """A schema under a misspelt name would check nothing."""
    names = {path.name for path in SRC.glob(f"handlers/*{INPUT}")}
    assert {name.removesuffix(INPUT).removesuffix(".result") for name in names} <= set(HANDLERS)


@pytest.mark.parametrize("function", ["worker", "submit", "status"])
def test_a_cold_start_does_not_import_the_library(function: str) -> None:
    """Types without a schema never do, and others when their first command comes."""
    code = f"import sys, command_api.entrypoints.{function}; print('fastjsonschema' in sys.modules)"
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={**FUNCTION_ENVIRONMENT, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "False\n"
