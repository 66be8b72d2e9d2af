"""The emulators that this user runs, found in the process list instead of in a state file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.process import MODULE, ProcessGroup, command_lines

_COMMAND = re.compile(rf" -m {MODULE} (\d+) (local-stack-[0-9a-f]{{32}}) (/.*)$")


@dataclass(frozen=True)
class Emulator:
    """An emulator by its arguments: the process, its port, and whose it is."""

    process: ProcessGroup
    port: int
    state_dir: Path

    @property
    def folder(self) -> Path:
        """The clone that it belongs to; the state directory where that is not inside a clone."""
        inside = self.state_dir.parts[-2:] == (".local", "stack")
        return self.state_dir.parent.parent if inside else self.state_dir


def emulators() -> list[Emulator]:
    """All emulators of this user, those of other clones included."""
    found = []
    for pid, command in command_lines():
        if match := _COMMAND.search(command.rstrip()):
            process = ProcessGroup(pid, match[2])
            found.append(Emulator(process, int(match[1]), Path(match[3])))
    return found


def emulators_of(state_dir: Path) -> list[Emulator]:
    """The emulators that were started for the state directory, which may be gone."""
    return [one for one in emulators() if one.state_dir == state_dir.resolve()]
