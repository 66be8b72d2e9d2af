"""`python -m scripts.new.pages` writes the tables of parts and profiles into the documentation."""

from __future__ import annotations

import re
import sys
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


@click.command()
def pages() -> None:
    """Bring the tables up to date; numbers are rounded, so that few changes move them."""
    files = read(ROOT)
    write(ROOT, files, refreshed(Parts.read(), files))


def refreshed(parts: Parts, files: Mapping[str, str]) -> dict[str, str]:
    """The files with the tables that they should have."""
    found = dict(files)
    for marker, table in (("parts", _parts), ("profiles", _profiles)):
        path = PAGES[marker]
        between = rf"(<!-- {marker} -->\n).*?(<!-- /{marker} -->)"
        if re.search(between, found.get(path, ""), re.DOTALL):
            text = f"\\1\n{table(parts, files)}\n\\2"
            found[path] = re.sub(between, text, found[path], flags=re.DOTALL)
    return found


def _parts(parts: Parts, files: Mapping[str, str]) -> str:
    rows = ["| part | what it is | lines |", "| --- | --- | --- |"]
    there = parts.there(files)
    for name, part in parts.parts.items():
        owned = lines({path: text for path, text in files.items() if part.owns(path)})
        needs = f" Needs {' and '.join(f'`{it}`' for it in part.needs)}." if part.needs else ""
        if name in there:
            rows.append(f"| `{name}` | {part.what}{needs} | {round(owned, -2):,} |")
    return "\n".join(rows) + "\n"


def _profiles(parts: Parts, files: Mapping[str, str]) -> str:
    rows = ["| profile | what is left | lines |", "| --- | --- | --- |"]
    for name, one in parts.profiles.items():
        left = prune(files, parts.without(parts.kept(one.keep, (), ())))
        rows.append(f"| `{name}` | {one.what} | {round(lines(left.files), -3):,} |")
    rows.append(f"| as it is cloned | all parts, and what is about the blueprint | {_all(files)} |")
    return "\n".join(rows) + "\n"


def _all(files: Mapping[str, str]) -> str:
    return f"{round(lines(files), -3):,}"


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return cli.run(pages, args)


if __name__ == "__main__":
    sys.exit(main())
