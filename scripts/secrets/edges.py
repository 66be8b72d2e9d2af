"""What pasting and exporting leave around a secret's value. Nothing here may quote the value."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scripts.cli import many

if TYPE_CHECKING:
    from collections.abc import Collection

KINDS = ("bom", "space", "quotes")
_BOM = "\ufeff"
_SPACES = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u2060"
)
_NAMES = {
    _BOM: "byte order mark",
    " ": "space",
    "\t": "tab",
    "\n": "line end",
    "\r": "line end",
    "\xa0": "non-breaking space",
    "\u202f": "non-breaking space",
}
_QUOTES = {
    '""': "double quotes",
    "''": "single quotes",
    "``": "backquotes",
    "“”": "curly quotes",
    "\u2018\u2019": "curly quotes",
    "„“": "curly quotes",
    "«»": "angle quotes",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def stripped(value: str, kinds: Collection[str]) -> str:
    """Return the value without what these kinds name at its ends.

    `bom` is a byte order mark, `space` are blanks, line ends and invisible characters, `quotes` is
    one pair around the rest.
    """
    value = value.strip((_BOM if "bom" in kinds else "") + (_SPACES if "space" in kinds else ""))
    return value[1:-1] if "quotes" in kinds and _quoted(value) else value


def found(value: str) -> str:
    """Say what is around a value and what it may not be meant to have inside; empty for nothing."""
    rest = value.lstrip(_SPACES + _BOM)
    inner = rest.rstrip(_SPACES + _BOM)
    lines, controls = inner.count("\r\n"), len(_CONTROL.findall(inner))
    said = [
        _said("begins with", _counted(value[: len(value) - len(rest)])),
        _said("ends with", _counted(rest[len(inner) :])),
        _said("is in", _quoted(inner)),
        _said("contains", many(lines, "CRLF line end") if lines else ""),
        _said("contains", many(controls, "control character") if controls else ""),
    ]
    return ", ".join(one for one in said if one)


def note(value: str, kept: str) -> str:
    """One line about a value as it came and as it is kept; empty where there is nothing to say."""
    before, after = found(value), found(kept)
    if not before:
        return ""
    if kept == value:
        return f"the value {before}; nothing was stripped: --strip {'|'.join(KINDS)} removes that"
    return f"the value {before}; stripped" + (f", and what is kept {after}" if after else "")


def _said(verb: str, what: str) -> str:
    return f"{verb} {what}" if what else ""


def _quoted(value: str) -> str:
    """The name of the quotes around a value, empty where there are none."""
    return _QUOTES.get(value[0] + value[-1], "") if len(value) > 1 else ""


def _counted(edge: str) -> str:
    counts = Counter(_NAMES.get(one, "invisible character") for one in edge.replace("\r\n", "\n"))
    return " and ".join(many(number, name) for name, number in counts.items())
