"""Read what a Terraform folder declares."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hcl2

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEREDOC = re.compile(r"<<-?(?P<mark>\w+)\n(?P<text>.*)\n\s*(?P=mark)", re.DOTALL)
_WHOLE_EXPRESSION = re.compile(r"\$\{(?P<expression>.*)\}", re.DOTALL)


@dataclass(frozen=True)
class Input:
    """A variable: ``default`` is HCL text, or None where a value is required."""

    name: str
    type: str
    description: str
    default: str | None
    rules: int


@dataclass(frozen=True)
class Output:
    """An output."""

    name: str
    description: str


def inputs(folder: Path) -> list[Input]:
    """Return the variables of a folder, the required ones first."""
    found = [
        Input(
            name=name,
            type=text(body.get("type", "any")),
            description=text(body.get("description", "")),
            default=_value(body["default"]) if "default" in body else None,
            rules=len(body.get("validation", [])),
        )
        for name, body in blocks(folder, "variable")
    ]
    return sorted(found, key=lambda variable: (variable.default is not None, variable.name))


def outputs(folder: Path) -> list[Output]:
    """Return the outputs of a folder by name."""
    found = [
        Output(name=name, description=text(body.get("description", "")))
        for name, body in blocks(folder, "output")
    ]
    return sorted(found, key=lambda output: output.name)


def blocks(folder: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield label and body of every block of one kind; labels of two parts are joined by a dot."""
    begins = re.compile(rf"^\s*{kind}\b", re.MULTILINE)
    for path in sorted(folder.glob("*.tf")):
        # The parser takes a second for a long file.
        if begins.search(path.read_text()):
            for block in parsed(path).get(kind, []):
                yield _labelled(block)


def parsed(path: Path) -> dict[str, Any]:
    """Parse one file; OperatorError where it is not HCL."""
    try:
        content: dict[str, Any] = hcl2.loads(path.read_text())
    except Exception as error:
        # The parser's errors have no common class, and none of them names the file.
        raise OperatorError(f"{path} is not valid HCL; run: terraform fmt {path}") from error
    return content


def assigned(path: Path) -> dict[str, Any]:
    """The values of a .tfvars file by variable, as Python has them; empty without a file."""
    values = parsed(path) if path.is_file() else {}
    return {name: plain(value) for name, value in values.items() if not name.startswith("__")}


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever HCL can say
    """A parsed value without the quotes that the parser leaves on texts and keys."""
    match value:
        case str() if value.startswith('"'):
            return json.loads(value)
        case dict():
            named = {plain(key): plain(one) for key, one in value.items()}
            return {key: one for key, one in named.items() if not str(key).startswith("__")}
        case list():
            return [plain(one) for one in value]
        case _:
            return value


def _labelled(block: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    label, body = next((key, value) for key, value in block.items() if not key.startswith("__"))
    name = json.loads(label)
    nested = [key for key in body if key.startswith('"')]
    if not nested:
        return name, body
    return f"{name}.{json.loads(nested[0])}", body[nested[0]]


def text(raw: str) -> str:
    """Return one line of plain text from a quoted string, a heredoc or an expression."""
    if expression := _WHOLE_EXPRESSION.fullmatch(raw):
        return " ".join(expression["expression"].split())
    if not raw.startswith('"'):
        return raw
    if heredoc := _HEREDOC.fullmatch(raw[1:-1]):
        return " ".join(heredoc["text"].split())
    return str(json.loads(raw))


def _value(raw: object) -> str:
    """A default as one would write it in HCL."""
    match raw:
        case str() if expression := _WHOLE_EXPRESSION.fullmatch(raw):
            return expression["expression"]
        case str():
            return raw
        case _:
            return json.dumps(raw)
