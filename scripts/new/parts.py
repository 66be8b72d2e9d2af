"""The optional parts of the repository, as parts.toml lists them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

NEW = "new"  # the part that takes out the others
LIST = Path(__file__).with_name("parts.toml")


@dataclass(frozen=True)
class Part:
    """What can go, and all that goes with it."""

    name: str
    what: str  # one line, for the page and the questions
    needs: Sequence[str] = ()  # parts without which it cannot be
    files: Sequence[str] = ()  # paths and patterns of files, and folders
    targets: Sequence[str] = ()  # of the Makefile
    helper: bool = False  # goes where nothing that stays needs it
    names: Sequence[str] = ()  # what else the documentation calls it
    # By file: how the first lines of blocks begin that go, and texts with what replaces them.
    cut: Mapping[str, list[str]] = field(default_factory=dict)
    change: Mapping[str, list[list[str]]] = field(default_factory=dict)

    def owns(self, path: str) -> bool:
        """Whether a file belongs to this part."""
        return self._owned.match(path) is not None

    @cached_property
    def _owned(self) -> re.Pattern[str]:
        """All of `files` in one, since each part is asked about each file of a tree."""
        ways = [translate(it) if "*" in it else rf"{re.escape(it)}(?:/|\Z)" for it in self.files]
        return re.compile("|".join(ways) or "(?!)")

    def owned(self, files: Mapping[str, str]) -> dict[str, str]:
        """Those of the files that belong to this part."""
        return {path: text for path, text in files.items() if self.owns(path)}


@dataclass(frozen=True)
class Profile:
    """What a team may want to begin with."""

    name: str
    what: str
    keep: Sequence[str]
    api: str = "http"
    # As of a part: by file, texts with what replaces them.
    change: Mapping[str, list[list[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """All parts and profiles."""

    parts: Mapping[str, Part]
    profiles: Mapping[str, Profile]

    @classmethod
    def read(cls, path: Path = LIST) -> Parts:
        """The parts of the list."""
        data = tomllib.loads(path.read_text())
        return cls(
            {name: Part(name, **one) for name, one in data["parts"].items()},
            {name: Profile(name, **one) for name, one in data["profiles"].items()},
        )

    def profile(self, name: str) -> Profile:
        """The profile of that name; OperatorError where there is none."""
        if name not in self.profiles:
            known = ", ".join(self.profiles)
            raise OperatorError(f"unknown profile: {name}; the profiles are: {known}")
        return self.profiles[name]

    def kept(self, keep: Iterable[str], added: Iterable[str], dropped: Iterable[str]) -> set[str]:
        """What stays: all that stays needs, and this command while it has something to take out."""
        if unknown := sorted({*added, *dropped} - {*self.parts}):
            known = ", ".join(self.parts)
            raise OperatorError(f"unknown part: {', '.join(unknown)}; the parts are: {known}")
        gone = self.needing(dropped)
        if both := self.needed_by(added) & gone:
            raise OperatorError(f"{', '.join(sorted(both))}: both --with and --without given")
        kept = (self.needed_by({*keep, *added}) - gone) - {NEW}
        needed = {it for name in kept for it in self.parts[name].needs}
        kept = {name for name in kept if name in needed or not self.parts[name].helper}
        return kept | {NEW} if kept and NEW not in gone else kept

    def needed_by(self, kept: Iterable[str]) -> set[str]:
        """These parts, and all that they need."""
        found: set[str] = set()
        waiting = {*kept}
        while waiting:
            found |= waiting
            waiting = {it for name in waiting for it in self.parts[name].needs} - found
        return found

    def needing(self, gone: Iterable[str]) -> set[str]:
        """These parts, and all that cannot be without them."""
        return {name for name in self.parts if self.needed_by({name}) & {*gone}}

    def without(self, kept: Collection[str]) -> list[Part]:
        """All other parts, in the order of the list."""
        return [part for name, part in self.parts.items() if name not in kept]

    def there(self, paths: Iterable[str]) -> set[str]:
        """The parts that a tree still has."""
        known = [*paths]
        return {name for name, part in self.parts.items() if any(map(part.owns, known))}
