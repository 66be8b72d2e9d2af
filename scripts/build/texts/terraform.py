"""Texts of Terraform files: descriptions, messages of refusals, and what a gateway answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.build.docs.configuration import parsed, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A whole sentence as a value of its own.
_SENTENCE = re.compile(r'"([A-Z][^"$]* [^"$]*\.)"')
_SHOWN = {"description", "error_message"}


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file, those of gateway responses last."""
    yield from _in(parsed(path))
    yield from _SENTENCE.findall(path.read_text())


def _in(value: object) -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                if name in _SHOWN and isinstance(inner, str):
                    yield text(inner)
                else:
                    yield from _in(inner)
        case list():
            for inner in value:
                yield from _in(inner)
