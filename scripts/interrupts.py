"""Ctrl-C and SIGTERM end a tool without a traceback, at whatever moment they come.

A tool whose work can stop anywhere lives with `as_exception`. One that starts threads hears of the
first Ctrl-C by `told`. One that has to complete a step, or to clean up, runs in a GracefulShutdown.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

# What a graceful shutdown waits for the step that is under way, and for each answer after that: a
# little more than a receive that waits a second for messages.
GRACE_SECONDS = 1.2
# A system may interrupt another thread than the main one, whose handlers run when it wakes up.
_WAKE_SECONDS = 0.1
# Python hears of a signal that comes just before a sleep only after it.
_ASLEEP_SECONDS = 0.5

Result = TypeVar("Result")


def end_silently() -> None:
    """Let SIGINT end this process at once, while it has nothing to clean up or to report.

    A process that was started to ignore SIGINT (nohup) goes on ignoring it.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def as_exception() -> Iterator[None]:
    """While this lasts, SIGINT is KeyboardInterrupt; before and after, it ends the process."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        # Whoever presses twice may do so right here.
        while signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
            with contextlib.suppress(KeyboardInterrupt):
                signal.signal(signal.SIGINT, signal.SIG_DFL)


def sleep(seconds: float) -> None:
    """Sleep, and hear of a signal soon, at whatever moment it comes."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _ASLEEP_SECONDS))


@contextlib.contextmanager
def told(tell: Callable[[], None]) -> Iterator[None]:
    """While this lasts, the first SIGINT only calls `tell`; a second one ends the process."""

    def first(number: int) -> None:
        signal.signal(number, signal.SIG_DFL)
        tell()

    with handling(first, signal.SIGINT):
        yield


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """While this lasts, the first SIGINT waits for its end; a second one ends the process.

    For `subprocess.Popen`: interrupted after its fork, it forgets the child.
    """
    pressed: list[bool] = []
    with told(lambda: pressed.append(True)):
        yield
    if pressed:
        signal.raise_signal(signal.SIGINT)


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What became of work in another thread: a result in a list of one, or an error."""

    result: list[Result]
    error: BaseException | None = None

    @classmethod
    def of(cls, work: Callable[[], Result]) -> Outcome[Result]:
        """Do the work."""
        try:
            return cls([work()])
        except BaseException as error:  # noqa: BLE001 - raised again by who asked
            return cls([], error)

    def value(self) -> Result:
        """The result, or the error raised."""
        if self.error:
            raise self.error
        return self.result[0]


class Unfinished(KeyboardInterrupt):
    """Work was left behind: it did not end in time, or a second signal came."""


class GracefulShutdown:
    """While this lasts, SIGINT and SIGTERM end the run; work within `run` may complete its step.

    The work runs in a thread, so that no signal breaks into a step, and looks at `requested`
    between two steps. It has GRACE_SECONDS to end, and as long again from each `extend`. After
    that, or on a second signal, it is left behind: `run` raises Unfinished, and `abandoned` is
    True. Outside of `run` a signal is a KeyboardInterrupt. `on_request` is called once, when the
    first signal comes while work runs.
    """

    def __init__(self, on_request: Callable[[], None] = lambda: None) -> None:
        self.on_request = on_request
        # What a shell reports for a program that the signal ended; 0 while none came.
        self.exit_code = 0
        self.abandoned = False
        self._asked = threading.Event()
        self._deadline = float("inf")
        # A signal handler may put into a SimpleQueue, and that wakes `get`.
        self._heard: queue.SimpleQueue[int | Outcome[Any]] | None = None
        self._listening = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Listen, unless this is not the main thread."""
        self._listening.enter_context(handling(self._signalled, signal.SIGINT, signal.SIGTERM))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back to whoever had them."""
        self._listening.close()

    @property
    def requested(self) -> bool:
        """True from the first signal on."""
        return self.exit_code != 0

    def request(self, number: int = signal.SIGINT) -> None:
        """Do what that signal does to work that runs, or that is about to run."""
        if self._heard is not None:
            self._heard.put(number)
        else:
            self._request(number)

    def wait(self, seconds: float) -> None:
        """Pause within the work, for a moment only once the end is requested."""
        self._asked.wait(seconds)

    def extend(self) -> None:
        """Say that the work goes on as it should, be the end requested or not."""
        if self.requested:
            self._deadline = time.monotonic() + GRACE_SECONDS

    def run(self, work: Callable[[], Result]) -> Result:
        """Return what the work returns, or raise what it raises."""
        heard: queue.SimpleQueue[int | Outcome[Result]] = queue.SimpleQueue()

        self.extend()
        self._heard = heard
        try:
            # Python waits for its threads when it ends, unless they are daemons.
            threading.Thread(target=lambda: heard.put(Outcome.of(work)), daemon=True).start()
            return self._outcome(heard)
        finally:
            self._heard = None
            with contextlib.suppress(queue.Empty):
                while isinstance(late := heard.get_nowait(), int):
                    self._request(late)

    def _outcome(self, heard: queue.SimpleQueue[int | Outcome[Result]]) -> Result:
        while True:
            left = self._deadline - time.monotonic()
            try:
                one = heard.get(timeout=max(0.0, min(left, _WAKE_SECONDS)))
            except queue.Empty:
                if self._deadline > time.monotonic():
                    continue
                one = 0
            if isinstance(one, Outcome):
                return one.value()
            if self.requested:
                self.abandoned = True
                raise Unfinished
            self._request(one)
            self.on_request()

    def _request(self, number: int) -> None:
        self.exit_code = self.exit_code or 128 + number
        self._deadline = time.monotonic() + GRACE_SECONDS
        self._asked.set()

    def _signalled(self, number: int) -> None:
        if self._heard is not None:
            self._heard.put(number)
            return
        # Not `_request`: a lock of the event may be held by what this signal interrupts.
        self.exit_code = self.exit_code or 128 + number
        raise KeyboardInterrupt


@contextlib.contextmanager
def handling(handle: Callable[[int], None], *numbers: int) -> Iterator[None]:
    """Let `handle` hear these signals, but for those that are ignored (nohup).

    Python delivers signals to the main thread alone: in any other one nothing is heard.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in numbers}
    heard = {one: was for one, was in before.items() if was is not signal.SIG_IGN}
    for one in heard:
        signal.signal(one, lambda number, _frame: handle(number))
    try:
        yield
    finally:
        for one, was in heard.items():
            signal.signal(one, was)
