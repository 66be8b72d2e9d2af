"""What a tree becomes without some of its parts; nothing here reads or writes a file."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from scripts.new import code, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scripts.new.parts import Part, Profile

_TEMPLATE = "environments/dev/"
_ROOTS = ("environments/bootstrap", "environments/preview")  # no copies of the template
_OWN = ("scripts/new/", "tests/scripts/new/", "tests/profiles/")  # they name all parts
HISTORY = "CHANGELOG.md"
_GROUP = re.compile(r"^( *)- [^\n:]+:\n(?!\1 +)", re.MULTILINE)  # without pages
_IMPORT = re.compile(r"from ([\w.]+) import (\w[^()\n]*)$", re.MULTILINE)
_ITEM = re.compile(r'^ *"(?:[^"\\\n]|\\.)*",\n|(?<=\[)"(?:[^"\\\n]|\\.)*"(?=\])', re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s#]+)")


@dataclass
class Pruned:
    """A tree by paths, texts of files only, and what went amiss on the way to it."""

    files: dict[str, str]
    removed: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    # What the list names and the tree does not have: somebody has changed it since.
    missed: list[str] = field(default_factory=list)


def prune(files: Mapping[str, str], gone: Iterable[Part], kind: Profile | None = None) -> Pruned:
    """The tree without these parts, and with what a profile says otherwise."""
    parts = [part for part in gone if any(map(part.owns, files))]
    removed = {path for path in files if any(part.owns(_original(path)) for part in parts)}
    left = Pruned({path: text for path, text in files.items() if path not in removed}, removed)
    for part in parts:
        _edit(left, part)
    _change(left, kind.change if kind else {})
    names = naming(parts)
    links = _folders(files) - _folders(left.files)
    for path, text in left.files.items():
        if path.endswith(".md") and path != HISTORY:
            named = _named(path, names, links)
            if named(" ".join(text.split())):
                left.files[path] = prose.without(text, named)
        elif path.endswith(".toml") and not path.startswith(_OWN):
            left.files[path] = _ITEM.sub(lambda it: "" if names.search(it[0]) else it[0], text)
    _navigate(left)
    left.changed = {path for path, text in left.files.items() if files[path] != text}
    return left


def _original(path: str) -> str:
    """The template's file of which an environment's is a copy; any other path as it is."""
    if not path.startswith("environments/") or path.startswith(_ROOTS):
        return path
    return _TEMPLATE + path.split("/", 2)[2]


def naming(parts: Iterable[Part]) -> re.Pattern[str]:
    """What a text may not name any more: paths, modules of Python, targets of make, and names."""
    words = {word for part in parts for word in (*_words(part), *part.names)}
    return _pattern(words)


def leftovers(left: Pruned, parts: Iterable[Part]) -> list[str]:
    """Lines that still name a path, a module or a target that is gone, as `path:line: text`."""
    gone = _pattern({word for part in parts for word in _words(part)})
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in left.files.items()
        if path != HISTORY and not path.startswith(_OWN) and gone.search(dotted := _dotted(text))
        for number, line in enumerate(dotted.splitlines(), 1)
        if gone.search(line)
    ]


def _dotted(text: str) -> str:
    """The text with what it imports as `package.module`, in the way that parts name modules."""
    return _IMPORT.sub(
        lambda it: (
            f"from {it[1]} import "
            + ", ".join(f"{it[1]}.{name.strip()}" for name in it[2].split(","))
        ),
        text,
    )


def _words(part: Part) -> Iterator[str]:
    for path in part.files:
        if "*" not in path:
            yield path
            if path.startswith(("scripts/", "tests/", "src/")):
                module = path.removeprefix("src/").removesuffix(".py")
                yield module.replace("/", ".")
    yield from (f"make {target}" for target in part.targets)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, where it stands alone.

    `re` tries alternatives one by one at each place of each text, and is quick only where it looks
    for a few first letters: words that begin alike share that part, and the first letter stands
    before the edge of its word.
    """
    ways = [
        # What begins with a sign, like an anchor, needs no edge.
        re.escape(first) + (r"(?<![\w-].)" if first.isalnum() else "") + _any_of(rests)
        for first, rests in _by_first_letter({*words})
    ]
    return re.compile(rf"(?:{'|'.join(ways) or '(?!)'})(?![\w-])")


def _any_of(words: set[str]) -> str:
    ways = [re.escape(first) + _any_of(rests) for first, rests in _by_first_letter(words)]
    either = "|".join(ways)
    if "" in words:
        return f"(?:{either})?"
    return f"(?:{either})" if len(ways) > 1 else either


def _by_first_letter(words: set[str]) -> Iterator[tuple[str, set[str]]]:
    for first in sorted({word[0] for word in words if word}):
        yield first, {word[1:] for word in words if word.startswith(first)}


def _named(path: str, names: re.Pattern[str], gone: set[str]) -> Callable[[str], bool]:
    folder = posixpath.dirname(path)

    def named(text: str) -> bool:
        targets = (posixpath.normpath(posixpath.join(folder, it)) for it in _LINK.findall(text))
        return bool(names.search(text)) or any(it in gone for it in targets)

    return named


def _folders(paths: Iterable[str]) -> set[str]:
    """All paths, and all folders above them."""
    found = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = posixpath.dirname(path)  # noqa: PLW2901 - upwards
    return found


def _edit(left: Pruned, part: Part) -> None:
    for path, starts in part.cut.items():
        for start in starts:
            _replace(left, path, start, partial(_cut, path, start))
    _change(left, part.change)
    for target in part.targets:
        _replace(left, "Makefile", f"{target}:", partial(_without_target, target))


def _change(left: Pruned, change: Mapping[str, list[list[str]]]) -> None:
    for path, pairs in change.items():
        for old, new in pairs:
            _replace(left, path, old, methodcaller("replace", old, new))


def _cut(path: str, start: str, text: str) -> str:
    if path.endswith(".md"):
        return prose.without(text, methodcaller("startswith", start))
    return code.cut(text, start)


def _replace(left: Pruned, path: str, what: str, edit: Callable[[str], str]) -> None:
    copies = (it for it in left.files if _original(it) == path) if _TEMPLATE in path else [path]
    edited = {place: edit(left.files[place]) for place in copies if place in left.files}
    if edited and all(left.files[place] == text for place, text in edited.items()):
        left.missed.append(f"{path}: {what.strip().splitlines()[0]}")
    left.files.update(edited)


def _without_target(target: str, text: str) -> str:
    lines = code.cut(text, f"{target}:").splitlines(keepends=True)
    phony = [
        re.sub(rf" {re.escape(target)}(?=\s)", "", line) if line.startswith(".PHONY") else line
        for line in lines
    ]
    return "".join(phony)


def _navigate(left: Pruned) -> None:
    """Take pages that are gone out of the site's navigation."""
    if (text := left.files.get("mkdocs.yml")) is None:
        return
    for path in left.removed:
        if path.startswith("docs/"):
            text = code.cut(text, f"- {path.removeprefix('docs/')}")
    while (shorter := _GROUP.sub("", text)) != text:
        text = shorter
    left.files["mkdocs.yml"] = text
