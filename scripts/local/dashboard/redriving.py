"""Redrives asked for by the page: `scripts.dlq redrive` itself, one at a time, in a thread.

The page asks how it goes; so nothing is lost where a tab is closed or reloaded meanwhile.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scripts.cli import INTERRUPTED
from scripts.dlq import look, send_back
from scripts.dlq.choice import Choice
from scripts.dlq.desk import Desk
from scripts.dlq.overview import age
from scripts.dlq.stop import Stop
from scripts.local.dashboard.problem import Problem
from scripts.local.dashboard.words import of_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.dlq.place import Place

HIDE_SECONDS = 60
# A dry run looks at so many letters and says how many more there are.
MOST_SEEN = 1000


@dataclass
class Redriving:
    """The redrive that runs, or the last one: what it said, and what went wrong."""

    stop: Stop = field(default_factory=Stop)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _number: int = 0
    _said: list[str] = field(default_factory=list)
    _error: str = ""
    _command: str = ""

    def preview(self, place: Place, ids: Sequence[str]) -> dict[str, Any]:
        """What a redrive of these commands (none named: of all) would send back; moves nothing."""
        if self._busy():
            raise _busy()
        said: list[str] = []
        desk = Desk(place, self.stop, HIDE_SECONDS, tell=said.append, bars=False)
        found = look.survey(desk, Choice(ids=tuple(ids)), MOST_SEEN)
        now = datetime.now(UTC)
        return {
            "letters": found.meant,
            "more": max(0, found.about - found.seen),
            "notes": said,
            "command": place.command("redrive", "--apply", *Choice(ids=tuple(ids)).words()),
            "groups": [
                {
                    "type": one.type,
                    "code": one.code,
                    "status": one.status,
                    "count": one.count,
                    "oldest": age(now - one.oldest),
                    "message": one.message,
                    "ifRedriven": one.if_redriven,
                }
                for one in found.overview.by_size()
            ],
        }

    def start(self, place: Place, ids: Sequence[str]) -> dict[str, Any]:
        """Begin to send back the letters of these commands (none named: all)."""
        with self._lock:
            if self._busy():
                raise _busy()
            self._number, self._said, self._error = self._number + 1, [], ""
            choice = Choice(ids=tuple(ids))
            self._command = place.command("redrive", "--apply", *choice.words())
            # A daemon: Python waits for any other thread when it ends.
            self._thread = threading.Thread(target=self._run, args=(place, choice), daemon=True)
            self._thread.start()
        return self.shown()

    def shown(self) -> dict[str, Any]:
        """How it goes."""
        return {
            "number": self._number,
            "running": self._busy(),
            "said": [*self._said],
            "error": self._error,
        }

    def end(self, seconds: float) -> str:
        """Stop between two steps, or after that time; what to run to go on, if anything.

        Nothing is lost either way: `scripts.dlq` may be killed at any moment.
        """
        going = self._busy()
        self.stop.code = INTERRUPTED
        if self._thread:
            self._thread.join(seconds)
        return self._command if going else ""

    def _busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, place: Place, choice: Choice) -> None:
        desk = Desk(place, self.stop, HIDE_SECONDS, tell=self._said.append, bars=False)
        try:
            send_back.redrive(desk, choice, apply=True, rate=None)
        except Exception as error:  # noqa: BLE001 - the edge of this thread: the page shows it
            self._error = of_error(error)


def _busy() -> Problem:
    return Problem(HTTPStatus.CONFLICT, "A redrive is under way already; wait until it has ended.")
