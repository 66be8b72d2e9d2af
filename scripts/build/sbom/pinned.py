"""What is known of a pinned distribution: from requirements.txt and from its own metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from scripts.build.package.requirements import read_pins
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<rest>.*)$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Pinned:
    """A distribution: ``hashes`` are SHA-256 of the files that an installation may come from.

    ``requires``: names of other distributions, without those of extras. ``license``: what the
    metadata says, an SPDX expression at best; None where it says nothing.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    summary: str | None
    license: str | None
    requires: frozenset[str]


def read_pinned(requirements: Path, search_path: Sequence[str]) -> list[Pinned]:
    """Return every distribution of a requirements.txt by name.

    Raises OperatorError for one that has no hash, is not installed, or is in another version.
    """
    pins = read_pins(requirements)
    text = requirements.read_text(encoding="utf-8").replace("\\\n", " ")
    hashes = {found["name"]: _HASH.findall(found["rest"]) for found in _PIN.finditer(text)}
    return [
        _pinned(name, version, hashes[name], search_path) for name, version in sorted(pins.items())
    ]


def normal(name: str) -> str:
    """Return a distribution's name as package URLs write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pinned(name: str, version: str, hashes: list[str], search_path: Sequence[str]) -> Pinned:
    if not hashes:
        raise OperatorError(f"{name} {version} is pinned without a hash; run: make lock")
    found = next(iter(metadata.distributions(name=name, path=list(search_path))), None)
    if found is None or found.version != version:
        raise OperatorError(
            f"{name} {version} is pinned, {found.version if found else 'nothing'} installed;"
            " reinstall the pinned packages: rm -r .venv && make sbom"
        )
    head = found.metadata
    return Pinned(
        name=normal(name),
        version=version,
        hashes=tuple(sorted(hashes)),
        summary=_field(head, "Summary"),
        license=_license(head),
        requires=frozenset(
            normal(match[0])
            for line in found.requires or ()
            if "extra ==" not in line and (match := _NAME.match(line))
        ),
    )


def _license(head: metadata.PackageMetadata) -> str | None:
    if expression := _field(head, "License-Expression"):
        return expression
    words = _field(head, "License")
    if words and len(words.splitlines()) == 1:
        return words  # older metadata may hold the licence's whole text
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in head.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    return " and ".join(classifiers) or None


def _field(head: metadata.PackageMetadata, name: str) -> str | None:
    values: list[str] = head.get_all(name) or []
    return values[0] if values else None
