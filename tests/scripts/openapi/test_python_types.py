"""Python's types of inputs and results, made from their schemas."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scripts.build.openapi.python_types import python_types

if TYPE_CHECKING:
    from pathlib import Path


def made(**schemas: dict[str, Any]) -> str:
    """The module of a document with these schemas, by names with `_` for the dot."""
    named = {name.replace("_", ".", 1): one for name, one in schemas.items()}
    return python_types({"components": {"schemas": named}})


def fields(schema: Any) -> str:
    """The lines of one required field."""
    text = made(Input_one={"properties": {"field": schema}, "required": ["field"]})
    return text.partition('"""As its schema says."""')[2].strip()


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"type": "string"}, "field: str"),
        ({"type": ["integer", "null"]}, "field: int | None"),
        ({"type": "array", "items": {"type": "number"}}, "field: list[float]"),
        ({"type": "array"}, "field: list[Any]"),
        ({"type": "object"}, "field: dict[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "field: dict[str, bool]"),
        ({"enum": ["a", 1, None]}, 'field: Literal["a", 1, None]'),
        ({"enum": [["a"]]}, "field: Any"),
        ({"const": 7}, "field: Literal[7]"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "field: str | int"),
        ({"$ref": "#/components/schemas/Input.one"}, "field: Any"),
        ({}, "field: Any"),
        ({"type": "string", "description": "Whom."}, "# Whom.\n    field: str"),
    ],
)
def test_a_field_has_the_type_of_its_schema(schema: dict[str, Any], line: str) -> None:
    """What cannot be said is anything, and never something wrong."""
    assert fields(schema) == line


def test_a_field_that_may_be_missing_is_said_so() -> None:
    """Whatever `required` does not name."""
    assert "field: NotRequired[str]" in made(Input_a={"properties": {"field": {"type": "string"}}})


def test_an_object_in_an_object_is_a_class_of_its_own() -> None:
    """Named after the way to it, and written before it is used."""
    inner = {"type": "object", "properties": {"unit_price": {"type": "number"}}}
    text = made(Result_process_order={"properties": {"first_line": inner}})
    names = ["class ProcessOrderResultFirstLine(", "class ProcessOrderResult("]
    assert text.index(names[0]) < text.index(names[1])
    assert "first_line: NotRequired[ProcessOrderResultFirstLine]" in text


def test_names_that_python_does_not_have_are_left_out(tmp_path: Path) -> None:
    """Such an object is any dict, and the module can be imported."""
    odd = {"type": "object", "properties": {"from": {"type": "string"}, "a-b": {}}}
    text = made(Input_a={"properties": {"odd": odd}}, Input_b=odd, Problem=odd, Input_echo={})
    assert "class B" not in text
    assert "odd: NotRequired[dict[str, Any]]" in text
    (tmp_path / "types_of_a.py").write_text(text)
    subprocess.run([sys.executable, "-c", "import types_of_a"], cwd=tmp_path, check=True)
