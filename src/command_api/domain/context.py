"""What a handler is given besides its input, and what a handler is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from command_api.domain.model import JSON

if TYPE_CHECKING:
    from datetime import datetime
    from logging import Logger, LoggerAdapter

    from command_api.domain.model import Command
    from command_api.domain.ports import SecretReader


@dataclass(slots=True, kw_only=True)
class Context:
    """One attempt at a command, as its handler sees it.

    `deadline` is when Lambda stops the function; `logger` puts the command's id on every line;
    `secrets` reads credentials by purpose; `remember` stores a step's result with the command.
    """

    command: Command
    deadline: datetime
    logger: LoggerAdapter[Logger]
    secrets: SecretReader
    clock: Callable[[], datetime]
    remember: Callable[[str, JSON], None]
    steps: dict[str, JSON] = field(init=False)

    def __post_init__(self) -> None:
        """Start from what earlier attempts have stored."""
        self.steps = dict(self.command.steps)

    @property
    def attempt(self) -> int:
        """Which attempt this is, 1 for the first."""
        return self.command.attempts

    @property
    def idempotency_key(self) -> str:
        """The same text on every attempt of this command, for outside calls that accept one."""
        return self.command.id

    def remaining_seconds(self) -> float:
        """Seconds until Lambda stops the function, never negative."""
        return max(0.0, (self.deadline - self.clock()).total_seconds())

    def once(self, name: str, step: Callable[[], JSON]) -> JSON:
        """Run a step once per command and return its stored result on later attempts.

        The result is stored right after the step returns, at the price of one write. What
        remains open is the moment between the step's effect and that write: a worker that dies
        just there repeats the step, so pass `idempotency_key` on to whoever accepts one.
        """
        if name not in self.steps:
            result = step()
            self.remember(name, result)
            self.steps[name] = result
        return self.steps[name]


Handler: TypeAlias = Callable[[Mapping[str, JSON], Context], JSON]
