"""A task as whoever starts it is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run of the container for one hand-over."""

    command_id: str
    # The right to report on the command; secret.
    token: str = field(repr=False)
    # Where to report, like https://api.example.com/commands.
    endpoint: str
    # JSON; private.
    input: str = field(repr=False)
    # After these the task ends itself.
    seconds: int

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that the container reads."""
        return {
            "COMMAND_ID": self.command_id,
            "COMMAND_TOKEN": self.token,
            "COMMAND_INPUT": self.input,
            "COMMANDS_ENDPOINT": self.endpoint,
            "TASK_SECONDS": str(self.seconds),
        }
