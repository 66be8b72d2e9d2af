"""The commands of docs/runbook.md and docs/procedures.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
PAGES = (DOCS / "runbook.md", DOCS / "procedures.md")
MARK = "*AWS only*"
ALL_OF_IT = f"All of it is {MARK}"
# git looks at nothing that is deployed.
PROGRAMS = frozenset({"python", "make", "terraform", "aws", "curl"})
_SECTION = re.compile(r"^## ", re.MULTILINE)
# A paragraph or an item of a list, with the indented blocks that belong to it.
_PARAGRAPH = re.compile(r"\n\n(?! |```)|\n(?=\d+\. |\| |\- )")
_FOUND = re.compile(r"\*AWS only\*|```sh\n(?P<block>.*?)```|`(?P<span>[^`]+)`", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command line, and whether its page marks it as AWS only."""

    line: str
    aws_only: bool


def steps() -> list[Step]:
    """All command lines in their order, repetitions included."""
    return [
        step
        for page in PAGES
        for section in _SECTION.split(page.read_text())
        for paragraph in _PARAGRAPH.split(section)
        for step in _steps(paragraph, marked=ALL_OF_IT in section)
    ]


def _steps(paragraph: str, *, marked: bool) -> Iterator[Step]:
    for found in _FOUND.finditer(paragraph):
        if found.group() == MARK:
            marked = True
            continue
        block, span = found["block"], found["span"]
        for line in block.splitlines() if block else [span or ""]:
            # A span may be broken over two lines.
            words = " ".join(line.split())
            if words.partition(" ")[0] in PROGRAMS:
                yield Step(words, marked)
