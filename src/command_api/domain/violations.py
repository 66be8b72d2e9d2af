"""What is wrong with an input, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

Path: TypeAlias = "tuple[str | int, ...]"

# What a URI's fragment may hold beside letters and digits.
_SAFE = "~!$&'()*+,;=:@?-._"
UNKNOWN_FIELD = "unknown field"
# A name that is longer than that is nobody's mistake in writing.
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Violation:
    """One invalid field of an input; `detail` never quotes its value."""

    path: Path
    detail: str


def pointer(path: Path) -> str:
    """A JSON pointer in the form for URIs, like `#/input/items/0`.

    https://www.rfc-editor.org/rfc/rfc6901#section-6
    """
    names = (str(name)[:_NAME_LENGTH].replace("~", "~0").replace("/", "~1") for name in path)
    # A name may have a lone surrogate, which has no encoding.
    return "#" + "".join(f"/{quote(name, safe=_SAFE, errors='replace')}" for name in names)
