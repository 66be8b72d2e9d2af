"""Read the pins of a requirements file that ``make lock`` wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
_IGNORED = re.compile(r"(--hash=\S+\s*)*")


def read_pins(path: Path) -> dict[str, str]:
    """Return distribution name to version, as pinned.

    Raises OperatorError for a line that is anything but ``name==version`` with hashes: a range or
    an environment marker would make the zip depend on the machine that builds it.
    """
    if not path.is_file():
        raise OperatorError(f"{path} is missing; restore it or run: make lock")
    pins: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        pin = _PIN.match(text)
        if not (pin and _IGNORED.fullmatch(text[pin.end() :].strip())):
            raise OperatorError(f"{path}: {text!r} is not a plain pin; run: make lock")
        pins[pin["name"]] = pin["version"]
    return pins
