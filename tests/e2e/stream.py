"""A steady stream of commands, while something else happens to the environment."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from scripts.commands.api import CommandsApi

PAUSE_SECONDS = 0.1
# Every tenth command runs so long that it is under way when something changes.
SLOW_EVERY, SLOW_SECONDS = 10, 2


@dataclass
class Stream:
    """Submits `echo` and slow `demo` commands until it is left; a refusal is raised there."""

    api: CommandsApi
    echoes: list[str] = field(default_factory=list)
    demos: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _refused: list[Exception] = field(default_factory=list)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(60)
        if self._refused and error is None:
            raise self._refused[0]

    def echo(self) -> str:
        """Submit one more echo, and return its id."""
        command_id = self.api.submit("echo", {"number": len(self.echoes)})
        self.echoes.append(command_id)
        return command_id

    def _run(self) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            try:
                if number % SLOW_EVERY:
                    self.echo()
                else:
                    work = {"sleep_seconds": SLOW_SECONDS}
                    self.demos.append(self.api.submit("demo", work))
            except Exception as error:  # noqa: BLE001 - raised again where the stream ends
                self._refused.append(error)
                return
            time.sleep(PAUSE_SECONDS)
