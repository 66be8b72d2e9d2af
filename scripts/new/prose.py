"""Take out of a Markdown text what names something that is gone.

The smallest unit goes: a line of a code block, a row of a table, a sentence, else the whole section
where its heading names it. A list item, a table or a section that loses everything goes, too.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIDTH = 120
_SENTENCE = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z`\[*!])|(?<=\.\))\s+(?=[A-Z])")
_CELL = re.compile(r"(?<!\\)\|")
_LINKED = r"\[[^\]]*\]\([^)]*\)"
_LISTED = (re.compile(rf"(?<=\)),\s({_LINKED})"), re.compile(rf"({_LINKED}),\s(?=\[)"))
_HEADING = re.compile(r"(#+) ")
_ITEM = re.compile(r"(\s*)([-*]|\d+\.) ")
_ROW = re.compile(r"\s*\|")
_FENCE = re.compile(r"\s*(```|~~~)")
_MARKER = re.compile(r"\s*<!-- (/?)\S+.* -->$")


def without(text: str, names: Callable[[str], bool]) -> str:
    """The text without the units of which `names` is true."""
    blocks = [*_blocks(_shortened(text, names).splitlines())]
    if not any(names(line) for block in blocks for line in [*block, _flat(block)]):
        return _shortened(text, names)
    kept: list[list[str]] = []
    skipped = 0  # the level of the heading whose section is left out
    for block in blocks:
        level = _level(block)
        if skipped and (not level or level > skipped):
            continue
        skipped = level if level and names(block[0]) else 0
        if not skipped:
            kept.append(_reduced(block, names))
    full = [not _is_bare(blocks, at) for at in range(len(blocks))]
    bare = {block[0] for block, had in zip(blocks, full, strict=True) if _level(block) and not had}
    return _joined(_without_bare([it for it in kept if it], bare))


def _shortened(text: str, names: Callable[[str], bool]) -> str:
    """The text without dead links that stand in a list of links."""
    for listed in _LISTED:
        text = listed.sub(lambda match: "" if names(match[1]) else match[0], text)
    return text


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs, list items, tables, fences, headings, and what is blank between them."""
    at = 0
    while at < len(lines):
        start, line = at, lines[at]
        at += 1
        if fence := _FENCE.match(line):
            while at < len(lines) and not lines[at].strip().startswith(fence[1]):
                at += 1
            at += 1
        elif _ROW.match(line):
            while at < len(lines) and _ROW.match(lines[at]):
                at += 1
        elif line.strip() and not _alone(line):
            while at < len(lines) and lines[at].strip() and not _begins(lines[at]):
                at += 1
        yield lines[start:at]


def _flat(block: list[str]) -> str:
    return " ".join(line.strip() for line in block)


def _alone(line: str) -> bool:
    return bool(_HEADING.match(line) or _MARKER.match(line))


def _begins(line: str) -> bool:
    return bool(_alone(line) or _ITEM.match(line) or _FENCE.match(line) or _ROW.match(line))


def _level(block: list[str]) -> int:
    heading = _HEADING.match(block[0])
    return len(heading[1]) if heading else 0


def _reduced(block: list[str], names: Callable[[str], bool]) -> list[str]:
    if not names(_flat(block)) and not any(map(names, block)):
        return block
    if _FENCE.match(block[0]):
        inner = [line for line in block[1:-1] if not names(line)]
        return [block[0], *inner, block[-1]] if any(map(str.strip, inner)) else []
    if _ROW.match(block[0]):
        head, line, *rows = _without_columns(block, names)
        rows = [row for row in rows if not names(row)]
        return [head, line, *rows] if rows else []
    item = _ITEM.match(block[0])
    head = item[0] if item else block[0][: len(block[0]) - len(block[0].lstrip())]
    text = _flat(block)[len(head.lstrip()) :]
    sentences = [it for it in _SENTENCE.split(text) if not names(it)]
    if not sentences:
        return []
    left = " ".join(sentences)
    return textwrap.wrap(
        left,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _without_columns(table: list[str], names: Callable[[str], bool]) -> list[str]:
    rows = [_CELL.split(row.strip())[1:-1] for row in table]
    kept = [at for at, cell in enumerate(rows[0]) if not names(cell)]
    if len(kept) == len(rows[0]):
        return table
    return [f"|{'|'.join(row[at] for at in kept if at < len(row))}|" for row in rows]


def _is_bare(blocks: list[list[str]], at: int) -> bool:
    """Whether nothing stands between this heading and the next that is not below it."""
    level = _level(blocks[at])
    for block in blocks[at + 1 :]:
        if next_level := _level(block):
            return next_level <= level
        if block[0].strip():
            return False
    return True


def _without_bare(blocks: list[list[str]], bare: set[str]) -> list[list[str]]:
    """Without headings and pairs of markers between which nothing is left."""
    while True:
        gone = {
            at
            for at, block in enumerate(blocks)
            if _level(block) > 1 and _is_bare(blocks, at) and block[0] not in bare
        }
        for at, block in enumerate(blocks):
            marker = _MARKER.match(block[0])
            after = next((to for to in range(at + 1, len(blocks)) if blocks[to][0].strip()), None)
            if marker and not marker[1] and after is not None:
                closing = _MARKER.match(blocks[after][0])
                if closing and closing[1]:
                    gone |= {at, after}
        if not gone:
            return blocks
        blocks = [block for at, block in enumerate(blocks) if at not in gone]


def _joined(blocks: list[list[str]]) -> str:
    text = "\n".join(line for block in blocks for line in block)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
