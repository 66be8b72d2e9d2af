"""Send commands side by side; what fails for the time being is sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.commands.api import CLOSED, Unreachable, explained
from scripts.framework import answers
from scripts.parallel import in_threads

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from scripts.commands.api import CommandsApi
    from scripts.commands.lines import Line


@dataclass(frozen=True)
class Sent:
    """What became of one line: `problem` is empty where the API has taken it.

    `tried` is False where it was not even sent.
    """

    problem: str = ""
    tried: bool = True


NOT_TRIED = Sent("was not sent", tried=False)


def send(api: CommandsApi, lines: Sequence[Line], concurrency: int) -> Iterator[tuple[Line, Sent]]:
    """Send the commands, and yield each when it is done; parallel.Interrupted on Ctrl-C.

    Once nobody answers, or the API refuses this tool, the rest is not tried.
    """
    yield from in_threads(_Sender(api).send, lines, concurrency)


@dataclass
class _Sender:
    api: CommandsApi
    hopeless: bool = field(default=False, init=False)

    def send(self, line: Line, stop: threading.Event) -> Sent:
        """Send one line, as often as it takes."""
        sent, attempt = NOT_TRIED, 0
        while not self.hopeless:
            attempt += 1
            sent, pause = self._once(line, attempt)
            if not sent.problem or pause is None or stop.wait(pause):
                break
        return sent

    def _once(self, line: Line, attempt: int) -> tuple[Sent, float | None]:
        """Try once; seconds until it is worth another try, None where it is not."""
        last = attempt == answers.RETRIES.max_attempts
        try:
            answer = self.api.put(line.id, line.body)
        except Unreachable as error:
            self.hopeless |= last or error.permanent
            pause = None if self.hopeless else answers.backoff(None, attempt)
            return Sent(f"was not taken: {error}"), pause
        if answer.status == HTTPStatus.ACCEPTED:
            return Sent(), None
        self.hopeless |= answer.status in CLOSED
        again = answers.passes(answer.status) and not last
        problem = f"was refused: {explained(answers.refused(answer), own_id=True)}"
        return Sent(problem), answers.backoff(answer, attempt) if again else None
