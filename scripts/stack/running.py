"""The file in which a stack notes its emulator, for the commands that come later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.stack.process import ProcessGroup

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Running:
    """What the state file says about the emulator; `started` is in epoch seconds."""

    process: ProcessGroup
    port: int
    started: float

    def write(self, path: Path) -> None:
        """Keep it in the file."""
        state = {
            "pid": self.process.pid,
            "instance": self.process.instance,
            "port": self.port,
            "started": self.started,
        }
        path.write_text(json.dumps(state))


def read(path: Path) -> Running | None:
    """What the file says; None where there is none, or it cannot be read."""
    try:
        state = json.loads(path.read_text())
        process = ProcessGroup(int(state["pid"]), str(state["instance"]))
        return Running(process, int(state["port"]), float(state["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
