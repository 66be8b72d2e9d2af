"""Something that goes on in a thread of its own while a test does something else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class Background:
    """Runs `turn` again and again until it is left; what a turn raises is raised there."""

    _over: threading.Event
    _broken: list[Exception]
    _thread: threading.Thread

    def turn(self, number: int) -> None:
        """One turn; the first has number 1."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._over, self._broken = threading.Event(), []
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
        if self._broken and error is None:
            raise self._broken[0]

    def _run(self) -> None:
        number = 0
        try:
            while not self._over.is_set():
                number += 1
                self.turn(number)
        except Exception as error:  # noqa: BLE001 - raised again where it is left
            self._broken.append(error)
