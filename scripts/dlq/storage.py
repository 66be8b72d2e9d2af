"""A file of dead letters: whole or not there at all, and for its owner's eyes only."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def whole_file(path: str) -> Iterator[TextIO]:
    """Write a new file; it appears under its name when all of it is on disk.

    It holds what clients have sent, so nobody else may read it. What a killed run leaves behind
    ends in `.partial`.
    """
    target, partial = Path(path), Path(f"{path}.partial")
    if target.exists():
        raise OperatorError(f"{path} exists; name a new file, nothing is overwritten")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
