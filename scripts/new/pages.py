"""`python -m scripts.new.pages` writes the tables of parts and profiles into the documentation."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.new.parts import Parts
from scripts.new.prune import prune
from scripts.new.report import lines
from scripts.new.tree import read, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"parts": "docs/make-it-yours.md", "profiles": "README.md"}


@dataclass(frozen=True)
class Row:
    """A row of a table; the first one is its head. Lines are rounded to `unit`."""

    name: str
    what: str
    lines: int = 0
    unit: int = 1

    def about(self, shown: int | None) -> int:
        """The lines as they are shown already where that is close, so that few changes move it."""
        if shown is not None and abs(shown - self.lines) < self.unit:
            return shown
        return round(self.lines / self.unit) * self.unit


@click.command()
def pages() -> None:
    """Update the generated tables."""
    files = read(ROOT)
    write(ROOT, files, refreshed(Parts.read(), files))


def refreshed(parts: Parts, files: Mapping[str, str]) -> dict[str, str]:
    """The files with the tables that they should have."""
    found = dict(files)
    for marker, rows in (("parts", _parts), ("profiles", _profiles)):
        path = PAGES[marker]
        between = rf"(<!-- {marker} -->\n)(.*?)(<!-- /{marker} -->)"
        if there := re.search(between, found.get(path, ""), re.DOTALL):
            table = _table(rows(parts, files), _shown(there[2]))
            found[path] = found[path].replace(there[0], f"{there[1]}\n{table}\n{there[3]}")
    return found


def _parts(parts: Parts, files: Mapping[str, str]) -> list[Row]:
    rows = [Row("part", "what it is")]
    there = parts.there(files)
    for name, part in parts.parts.items():
        owned = lines(part.owned(files))
        needs = f" Needs {' and '.join(f'`{it}`' for it in part.needs)}." if part.needs else ""
        if name in there:
            rows.append(Row(f"`{name}`", f"{part.what}{needs}", owned, 500))
    return rows


def _profiles(parts: Parts, files: Mapping[str, str]) -> list[Row]:
    rows = [Row("profile", "what is left")]
    for name, one in parts.profiles.items():
        left = prune(files, parts.without(parts.kept(one.keep, (), ())), one)
        rows.append(Row(f"`{name}`", one.what, lines(left.files), 5000))
    cloned = "all parts, and what is about the blueprint"
    return [*rows, Row("as it is cloned", cloned, lines(files), 5000)]


def _table(rows: Sequence[Row], shown: Mapping[str, int]) -> str:
    head, *others = rows
    return "".join(
        [
            f"| {head.name} | {head.what} | lines |\n| --- | --- | --- |\n",
            *(f"| {it.name} | {it.what} | {it.about(shown.get(it.name)):,} |\n" for it in others),
        ]
    )


def _shown(table: str) -> dict[str, int]:
    found = re.findall(r"^\| (.+?) \|.*\| ([\d,]+) \|$", table, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in found}


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return cli.run(pages, args)


if __name__ == "__main__":
    sys.exit(main())
