"""`make watch`: reload the functions whenever a file of src/ is saved."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scripts import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLL_SECONDS = 0.3

Files = dict[str, tuple[int, int]]


def files(source: Path) -> Files:
    """Time and size of each file that can be in the zip."""
    found = {}
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        if "__pycache__" in inside.parts or any(part.startswith(".") for part in inside.parts):
            continue
        try:
            about = path.stat()
        except OSError:  # an editor has just put another file in its place
            continue
        if path.is_file():
            found[inside.as_posix()] = (about.st_mtime_ns, about.st_size)
    return found


def watch(
    source: Path,
    reload: Callable[[], object],
    say: Callable[[str], object],
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Call `reload` now, and again after every change, until Ctrl-C; an error is one line."""
    seen: Files | None = None
    while True:
        now = files(source)
        if now != seen:
            # Taken before: what is saved during a reload is reloaded by the next one.
            seen = now
            try:
                reload()
            except Exception as error:  # noqa: BLE001  the next save may mend whatever it is
                say(f"error: {cli.explain(error)}")
        sleep(POLL_SECONDS)
