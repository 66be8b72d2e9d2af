"""Work on many items in threads, and end within a second on Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import queue
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from scripts import interrupts
from scripts.interrupts import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What is under way when Ctrl-C comes may still end in that time, and then counts.
GRACE_SECONDS = 0.5

Item = TypeVar("Item")
Result = TypeVar("Result")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C came. How `unfinished` items ended, which had been begun, is unknown."""

    def __init__(self, unfinished: int) -> None:
        super().__init__()
        self.unfinished = unfinished


def in_threads(
    work: Callable[[Item, threading.Event], Result], items: Sequence[Item], workers: int
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, in the order in which they end.

    The event that `work` gets is set once everything shall end: work that pauses waits on it. An
    error of `work` is raised here. On Ctrl-C nothing more is begun; what ends in time is still
    yielded, then Interrupted is raised. A second Ctrl-C ends the process.
    """
    left: queue.SimpleQueue[Item] = queue.SimpleQueue()
    for item in items:
        left.put(item)
    # None stands for Ctrl-C: a signal handler may put into a SimpleQueue, and it wakes `get`.
    ended: queue.SimpleQueue[tuple[Item, Outcome[Result]] | None] = queue.SimpleQueue()
    begun: list[Item] = []
    lock, stop = threading.Lock(), threading.Event()

    def serve() -> None:
        while True:
            with lock:
                if stop.is_set() or left.empty():
                    return
                item = left.get()
                begun.append(item)
            ended.put((item, Outcome.of(functools.partial(work, item, stop))))

    count = 0
    try:
        with interrupts.told(lambda: ended.put(None)):
            for _ in range(min(workers, len(items))):
                # Python waits for its threads when it ends, unless they are daemons.
                threading.Thread(target=serve, daemon=True).start()
            while count < len(items) and (one := ended.get()):
                count += 1
                yield one[0], one[1].value()
            with lock:
                stop.set()
            for one in _within(GRACE_SECONDS, ended, len(begun) - count):
                count += 1
                yield one[0], one[1].value()
        if count < len(items):
            raise Interrupted(len(begun) - count)
    finally:
        stop.set()


def _within(
    seconds: float, ended: queue.SimpleQueue[tuple[Item, Outcome[Result]] | None], most: int
) -> Iterator[tuple[Item, Outcome[Result]]]:
    end = time.monotonic() + seconds
    while most:
        try:
            one = ended.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return
        if one is not None:
            most -= 1
            yield one


async def off_the_loop(work: Callable[[], Result]) -> Result:
    """What a blocking call returns, from a daemon thread.

    Unlike asyncio.to_thread: an event loop waits for those threads when it ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def tell(outcome: Outcome[Result]) -> None:
        if future.done():  # whoever asked has gone
            return
        if outcome.error:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.value())

    def serve() -> None:
        outcome = Outcome.of(work)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell, outcome)

    threading.Thread(target=serve, daemon=True).start()
    return await future
