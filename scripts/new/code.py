"""Cut blocks out of code: Python, Terraform, YAML and Makefiles alike, by their indentation."""

from __future__ import annotations

import re

_CLOSING = ("}", "]", ")", "</")
_OPENING = ("{", "[", "(", ":")
_ABOVE = re.compile(r"\s*(?:#|@[\w.]+(?:\(|$))")  # no line of a recipe: @sh run


def cut(text: str, needle: str) -> str:
    """The text without each block whose first line begins with the needle.

    A block is that line, the comments and decorators above it, whatever is indented deeper below
    it, and the line that closes it.
    """
    lines = text.splitlines()
    while (at := _first(lines, needle)) is not None:
        start, end = _start(lines, at), _end(lines, at)
        lines = _closed_up(lines[:start], lines[end:])
    return "\n".join(lines) + "\n"


def _closed_up(before: list[str], after: list[str]) -> list[str]:
    """The lines on both sides of a cut, with no more blank ones than there were on one of them."""
    above, below = _blanks(before[::-1]), _blanks(after)
    before, after = before[: len(before) - above], after[below:]
    edge = not before or not after or before[-1].endswith(_OPENING) or _closes(after[0])
    return [*before, *[""] * (0 if edge else max(above, below)), *after]


def _first(lines: list[str], needle: str) -> int | None:
    return next((at for at, line in enumerate(lines) if line.lstrip().startswith(needle)), None)


def _start(lines: list[str], at: int) -> int:
    depth, start, above = _depth(lines[at]), at, at - 1
    while above >= 0 and lines[above].strip() and _depth(lines[above]) >= depth:
        line = lines[above]
        if _depth(line) == depth and not _closes(line):
            if not _ABOVE.match(line):
                break
            start = above
        above -= 1
    return start


def _end(lines: list[str], at: int) -> int:
    while lines[at].strip().startswith("#") and lines[at + 1 :]:
        at += 1  # a comment goes with what it is about
    depth, end = _depth(lines[at]), at + 1
    while end < len(lines):
        line = lines[end]
        if line.strip() and _depth(line) <= depth:
            if not (_closes(line) and _depth(line) == depth):
                break
            if not line.endswith(_OPENING):
                return end + 1
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _closes(line: str) -> bool:
    return line.strip().startswith(_CLOSING)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _blanks(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))
