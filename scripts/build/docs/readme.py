"""Put tables of inputs and outputs between the markers of Markdown files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.build.docs import limits
from scripts.build.docs.configuration import inputs, outputs
from scripts.build.docs.queries import PAGE, shown
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def documented(root: Path) -> list[Path]:
    """Return the folders whose README carries tables: all modules and environments."""
    return sorted({path.parent for path in root.glob("modules/*/*.tf")}) + sorted(
        {path.parent for path in root.glob("environments/*/*.tf")}
    )


def refreshed(root: Path) -> dict[Path, str]:
    """Return the text that each README should have, by path.

    A folder's README has the markers ``inputs`` and ``outputs``.
    One page has the saved queries of the logs.
    """
    texts = {}
    for folder in documented(root):
        readme = folder / "README.md"
        if not readme.exists():
            raise OperatorError(f"{readme.relative_to(root)} is missing; create it")
        text = readme.read_text()
        for kind, table in TABLES.items():
            if f"<!-- {kind} -->" not in text:
                raise OperatorError(
                    f"{readme.relative_to(root)} has no <!-- {kind} --> ... <!-- /{kind} -->"
                )
            text = _between(text, kind, table(folder))
        texts[readme] = text
    return texts | _saved_queries(root) | _limits(root)


def _saved_queries(root: Path) -> dict[Path, str]:
    page = root / PAGE
    return {page: _between(page.read_text(), "queries", shown(root))} if page.exists() else {}


def _limits(root: Path) -> dict[Path, str]:
    page = root / limits.PAGE
    return {page: _between(page.read_text(), "limits", limits.shown())} if page.exists() else {}


def _between(text: str, marker: str, table: str) -> str:
    pattern = rf"(<!-- {marker} -->\n).*?(<!-- /{marker} -->)"
    return re.sub(pattern, lambda match: f"{match[1]}\n{table}\n{match[2]}", text, flags=re.DOTALL)


def _inputs(folder: Path) -> str:
    rows = [
        [f"`{it.name}`", it.description, _code(it.type), _default(it.default)]
        for it in inputs(folder)
    ]
    return _table(["Name", "Meaning", "Type", "Default"], rows)


def _outputs(folder: Path) -> str:
    return _table(["Name", "Meaning"], [[f"`{it.name}`", it.description] for it in outputs(folder)])


def _default(value: str | None) -> str:
    return "required" if value is None else _code(value)


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


TABLES: dict[str, Callable[[Path], str]] = {"inputs": _inputs, "outputs": _outputs}
