"""The statuses of a command stand once, in the domain; everything else derives from them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

from command_api.domain.model import Status
from command_client.command import Command
from handlers.reports import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
NAMES = {status.value for status in Status}
HOME = ROOT / "src/command_api/domain/model.py"
# For those who check types it must be written out; a test below compares it.
LITERAL = ROOT / "src/command_client/command.py"
FILES = sorted(
    path
    for found in ("src/**/*.py", "scripts/**/*.py", "scripts/**/*.js")
    for path in ROOT.glob(found)
    if path not in {HOME, LITERAL}
)


def lists_in_python(source: str) -> Iterator[set[str]]:
    """The names in each list, tuple, set, and in the keys of each dictionary of texts."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                attributes = {part.attr for part in parts if isinstance(part, ast.Attribute)}
                yield attributes | _texts(parts)
            case ast.Dict(keys=keys):
                yield _texts(key for key in keys if key)


def lists_in_javascript(source: str) -> Iterator[set[str]]:
    """The texts in each array."""
    for found in re.findall(r"\[[^\[\]]*\]", source):
        yield set(re.findall(r"""["'`](\w+)["'`]""", found))


def _texts(nodes: Iterable[ast.expr]) -> set[str]:
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_there_is_no_second_list_of_statuses(path: Path) -> None:
    """Whoever adds a status adds it in one place."""
    source = path.read_text()
    # To parse all files takes seconds, and hardly any has two of the names.
    if sum(name in source for name in NAMES) < 2:
        return
    lists = lists_in_python if path.suffix == ".py" else lists_in_javascript
    assert [found for found in lists(source) if len(found & NAMES) > 1] == []


def test_a_second_list_would_be_found() -> None:
    """In all the forms that there have been."""
    for source in (
        'x = ("PENDING", "FAILED")',
        'x = frozenset({"COMPLETED", "FAILED"})',
        'x = {"COMPLETED": "green", "FAILED": "red"}',
        "x = [Status.PENDING, Status.FAILED]",
        "x = y in (model.Status.PENDING, model.Status.FAILED)",
    ):
        assert any(len(found & NAMES) > 1 for found in lists_in_python(source)), source
    assert any(len(found & NAMES) > 1 for found in lists_in_javascript('["FAILED", "PENDING"]'))


def test_a_report_has_a_colour_for_each_status() -> None:
    """The one mapping that has to name them all."""
    assert set(page._COLOURS) == set(Status)


def test_the_python_client_types_each_status() -> None:
    """And no other."""
    assert set(get_args(get_type_hints(Command)["status"])) == set(Status)


def test_the_preview_page_knows_which_statuses_are_the_end() -> None:
    """It is served as it lies there, so that nothing could tell it."""
    card = (ROOT / "environments/preview/site/card.js").read_text()
    [ends] = re.findall(r"ENDS = new Set\((\[.*?\])\)", card)
    assert set(re.findall(r"\w+", ends)) == {status for status in Status if status.terminal}
