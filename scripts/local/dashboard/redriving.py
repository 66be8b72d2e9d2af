"""Redrives asked for by the page: `scripts.dlq redrive` itself, one at a time, in a thread.

The page asks how it goes; so nothing is lost where a tab is closed or reloaded meanwhile.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scripts.dlq.filter import Filter
from scripts.dlq.redrive import redrive
from scripts.dlq.session import Session
from scripts.dlq.show import SAMPLE, age, summarize
from scripts.interrupts import GracefulShutdown, Unfinished
from scripts.local.dashboard.problem import Problem, of_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.dlq.deployed import DeployedQueues


@dataclass
class Redriving:
    """The redrive that runs, or the last one: what it said, and what went wrong."""

    shutdown: GracefulShutdown = field(default_factory=GracefulShutdown)
    # A preview hides messages, which a redrive would not see: one after the other.
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _number: int = 0
    _said: list[str] = field(default_factory=list)
    _error: str = ""
    _command: str = ""
    _ended: bool = False
    _interrupted: bool = False

    def preview(self, target: DeployedQueues, ids: Sequence[str]) -> dict[str, Any]:
        """What a redrive of these commands (none named: of all) would send back; moves nothing.

        All messages are looked at for the named ones: a sample could miss them.
        """
        said: list[str] = []
        wanted = Filter(ids=tuple(ids))
        with self._lock:
            if self._busy():
                raise _busy()
            session = Session(target, self.shutdown, notes=said.append, bars=False)
            limit = SAMPLE if wanted.empty else None
            found = session.run(lambda: summarize(session, wanted, limit))
        now = datetime.now(UTC)
        return {
            "messages": found.estimate if wanted.empty else found.matching,
            "more": max(0, found.about - found.seen),
            "notes": said,
            "command": target.command("redrive", "--apply", *wanted.options()),
            "groups": [
                {
                    "type": one.type,
                    "code": one.code,
                    "status": one.status,
                    "count": one.count,
                    "oldest": age(now - one.oldest),
                    "message": one.last_error,
                    "ifRedriven": one.if_redriven,
                }
                for one in found.groups
            ],
        }

    def start(self, target: DeployedQueues, ids: Sequence[str]) -> dict[str, Any]:
        """Begin to send back the messages of these commands (none named: all)."""
        with self._lock:
            if self._busy():
                raise _busy()
            self._number, self._said, self._error = self._number + 1, [], ""
            wanted = Filter(ids=tuple(ids))
            self._command = target.command("redrive", "--apply", *wanted.options())
            # A daemon: Python waits for any other thread when it ends.
            self._thread = threading.Thread(target=self._run, args=(target, wanted), daemon=True)
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
        """End it as Ctrl-C ends `scripts.dlq`, or leave it after that time; what to run to go on.

        Nothing is lost either way: `scripts.dlq` may be killed at any moment.
        """
        if not self._ended:
            self._ended, self._interrupted = True, self._busy()
            self.shutdown.request()
        if self._thread:
            self._thread.join(seconds)
        return self._command if self._interrupted else ""

    def _busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, target: DeployedQueues, wanted: Filter) -> None:
        session = Session(target, self.shutdown, notes=self._said.append, bars=False)
        try:
            session.run(lambda: redrive(session, wanted, apply=True, rate=None))
        except Unfinished:
            return
        except Exception as error:  # noqa: BLE001 - the edge of this thread: the page shows it
            self._error = of_error(error)


def _busy() -> Problem:
    return Problem(HTTPStatus.CONFLICT, "A redrive is under way already; wait until it has ended.")
