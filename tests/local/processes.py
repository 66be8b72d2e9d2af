"""The processes of a stack, as the operating system sees them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.stack.stack import LocalStack


def processes(local: LocalStack) -> list[int]:
    """The processes that have the stack's state directory in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            environ = entry.read_bytes()
        except OSError:
            continue
        if f"TMPDIR={local.state_dir}".encode() in environ:
            found.append(int(entry.parent.name))
    return found
