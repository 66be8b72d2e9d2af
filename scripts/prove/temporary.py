"""Resources that exist for a probe only, and are removed whatever becomes of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from scripts import interrupts
from scripts.aws_errors import error_code, explain
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

_TRIES, _PAUSE_SECONDS = 12, 10.0
_LATER = ("InUse", "Conflict", "TooManyRequests")
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
    """Remove it, or say why that failed. AWS refuses what it still creates, and some haste."""
    for left in reversed(range(_TRIES)):
        try:
            remove()
        except (ClientError, BotoCoreError) as error:
            code = error_code(error) if isinstance(error, ClientError) else ""
            if any(part in code for part in _GONE):
                return ""
            if not left or not any(part in code for part in _LATER):
                return explain(error) or type(error).__name__
            interrupts.sleep(_PAUSE_SECONDS)
        except OperatorError as error:
            return str(error)
        else:
            break
    return ""
