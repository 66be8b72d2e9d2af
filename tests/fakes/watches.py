"""Watches and connections in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable
from command_api.domain.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from command_api.domain.watch import Viewer


@dataclass
class InMemoryWatches:
    """Watches by command and connection."""

    found: dict[tuple[str, str], Watch] = field(default_factory=dict)
    reserved: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def reserve(self, viewer: Viewer, number: int, *, limit: int) -> bool:
        """Count, in one step."""
        with self.lock:
            if self.reserved[viewer.connection] + number > limit:
                return False
            self.reserved[viewer.connection] += number
            return True

    def add(self, viewer: Viewer, command_ids: Collection[str]) -> None:
        """Keep."""
        with self.lock:
            self.found |= {(name, viewer.connection): Watch(name, viewer) for name in command_ids}

    def remove(self, connection: str, command_ids: Collection[str]) -> None:
        """Forget."""
        with self.lock:
            for name in command_ids:
                self.found.pop((name, connection), None)

    def of(self, command_id: str) -> Sequence[Watch]:
        """Look."""
        with self.lock:
            return [watch for (name, _), watch in self.found.items() if name == command_id]


@dataclass
class InMemoryConnections:
    """Connections that keep what is posted; `lost` ones take nothing, and `away` is the API."""

    posted: list[tuple[str, str]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    closed: list[str] = field(default_factory=list)
    away: bool = False

    def post(self, connection: str, message: str) -> bool:
        """Keep the message."""
        if self.away:
            raise Unavailable("EndpointConnectionError")
        if connection in self.lost:
            return False
        self.posted.append((connection, message))
        return True

    def close(self, connection: str) -> None:
        """Note it."""
        self.closed.append(connection)
