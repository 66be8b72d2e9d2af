"""Commands that were submitted here and that the table does not know yet.

Direct submission puts a command into the queue and nothing into the table: the first attempt
does that. Until then only who submitted it knows of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MOST = 200
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Submitted:
    """One command as it was submitted."""

    id: str
    type: str
    at: datetime


@dataclass
class Memory:
    """The latest of them, of one stack: another one has other commands."""

    _stack: str = ""
    _known: OrderedDict[str, Submitted] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, stack: str, command_id: str, kind: str) -> None:
        """Remember one more."""
        with self._lock:
            self._begin(stack)
            self._known[command_id] = Submitted(command_id, kind, datetime.now(UTC))
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def all(self, stack: str) -> dict[str, Submitted]:
        """Those that are not too old, by id."""
        with self._lock:
            self._begin(stack)
            since = datetime.now(UTC) - KEPT
            return {key: one for key, one in self._known.items() if one.at > since}

    def _begin(self, stack: str) -> None:
        if self._stack != stack:
            self._stack = stack
            self._known.clear()
