"""What the suites that use a live stack share."""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from typing import TYPE_CHECKING, Any, TypeVar

from scripts.framework import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    while True:
        # Below those that the system gives to connections: they take such ports at any moment.
        number = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number


def eventually(look: Callable[[], T | None], *, seconds: float = 30) -> T:
    """Look until there is something to see; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.05)
    raise AssertionError(f"nothing to see within {seconds} seconds")


def ended(show: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is shown of a command once it is terminal."""

    def look() -> dict[str, Any] | None:
        shown = show()
        return shown if shown.get("status") in waiting.ENDED else None

    return eventually(look)
