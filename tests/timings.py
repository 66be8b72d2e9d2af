"""How quickly an API accepts commands, and how soon they end."""

from __future__ import annotations

import math
import statistics
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass
class Timings:
    """Seconds from the request to its 202, and from the queue to the start and to the end."""

    accepted: list[float] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, seconds: float) -> None:
        """A command was accepted after so long."""
        with self._lock:
            self.accepted.append(seconds)

    def end(self, shown: Mapping[str, Any]) -> None:
        """A command has completed; what was retried says nothing about speed."""
        if shown.get("status") == "COMPLETED" and shown["attempts"] == 1:
            created, updated = (
                datetime.fromisoformat(shown[at]) for at in ("createdAt", "updatedAt")
            )
            with self._lock:
                self.ended[shown["id"]] = (updated - created).total_seconds()

    def lines(self) -> list[str]:
        """All for people, as far as there is anything to say."""
        found = {
            "from the request to 202": self.accepted,
            "from the queue to the start": self.started,
            "from the queue to the end": list(self.ended.values()),
        }
        return [f"{name}: {spread(seconds)}" for name, seconds in found.items() if seconds]


def spread(seconds: Sequence[float]) -> str:
    """Median and 99th percentile, for people."""
    ordered = sorted(seconds)
    p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
    return f"p50 {statistics.median(ordered):.3f} s, p99 {p99:.3f} s ({len(ordered)} commands)"
