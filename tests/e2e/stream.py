"""A steady stream of commands, while something else happens to the environment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.background import Background

if TYPE_CHECKING:
    from scripts.commands.api import CommandsApi

PAUSE_SECONDS = 0.1
# Every tenth command runs so long that it is under way when something changes.
SLOW_EVERY, SLOW_SECONDS = 10, 2


@dataclass
class Stream(Background):
    """Submits `echo` and slow `demo` commands until it is left; a refusal is raised there."""

    api: CommandsApi
    echoes: list[str] = field(default_factory=list)
    demos: list[str] = field(default_factory=list)

    def echo(self) -> str:
        """Submit one more echo, and return its id."""
        command_id = self.api.submit("echo", {"number": len(self.echoes)})
        self.echoes.append(command_id)
        return command_id

    def turn(self, number: int) -> None:
        """Submit one more command."""
        if number % SLOW_EVERY:
            self.echo()
        else:
            work = {"sleep_seconds": SLOW_SECONDS}
            self.demos.append(self.api.submit("demo", work))
        time.sleep(PAUSE_SECONDS)
