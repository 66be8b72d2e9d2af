"""Resources that exist for a probe only, and are removed whatever becomes of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import error_code, explain

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404")


class Closed(Exception):
    """The run has ended: nothing more may be created."""


class Temporary:
    """What was created, to be removed in reverse order; threads may share one."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self._removals: list[tuple[str, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._closed = False

    def make(self, name: str, create: Callable[[], Made], remove: Callable[[], object]) -> Made:
        """Create something and remember how to remove it, also where its answer gets lost."""
        with self._lock:
            if self._closed:
                raise Closed
            self._removals.append((name, remove))
            return create()

    def close(self) -> None:
        """Remove everything; `left` names what could not be removed, and why."""
        # The lock: what is being created right now is removed, too.
        with self._lock:
            self._closed = True
            while self._removals:
                name, remove = self._removals.pop()
                if trouble := _removed(remove):
                    self.left.append(f"{name}: {trouble}")


def _removed(remove: Callable[[], object]) -> str:
    """Remove it; why that failed, or an empty text."""
    try:
        remove()
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and any(part in error_code(error) for part in _GONE):
            return ""
        return explain(error) or type(error).__name__
    return ""
