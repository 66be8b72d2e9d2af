"""What runs for a stack: by the file in which it notes its emulator, and by the process list."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.process import MODULE, ProcessGroup, command_lines

_COMMAND = re.compile(rf" -m {MODULE} (\d+) (local-stack-[0-9a-f]{{32}}) (/.*)$")


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


def end_terraform_below(folder: Path) -> None:
    """End what works there still: a Terraform outlives the command that was killed."""
    argument = f"-chdir={folder.resolve()}/"
    for pid, command in command_lines():
        if argument in command:
            ProcessGroup(pid, argument).end(0)
