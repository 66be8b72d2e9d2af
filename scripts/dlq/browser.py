"""Look at every message of a queue once, and leave all of them visible.

SQS cannot list a queue: to look at a message is to receive it, which hides it from others for a
while. A browser hides each message once, for as long as a look at all of them may take, and
releases everything at its end. Where it is killed the messages come back by themselves.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import error_code
from scripts.dlq.queue import BATCH
from scripts.errors import OperatorError
from scripts.interrupts import Unfinished
from scripts.parallel import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from scripts.dlq.message import DeadLetterMessage
    from scripts.dlq.queue import Queue
    from scripts.interrupts import GracefulShutdown

# After so many receives that find nothing there is nothing more to see; after so many that find
# only what is known, messages come back sooner than the look proceeds, and it goes in circles.
EMPTY_RECEIVES, STALE_RECEIVES = 2, 100
# A message is hidden for a minute, and for as long as a look at all of them takes: ten messages in
# half a second, where SQS, the table and a slow line take a tenth or two.
LEAST_SECONDS, SECONDS_PER_MESSAGE, MOST_SECONDS = 60, 0.05, 43_200
_FULL = {"OverLimit", "AWS.SimpleQueueService.OverLimit"}
# Messages are released by so many threads.
WORKERS = 8


def hiding_time(messages: int, rate: int | None = None) -> int:
    """Seconds for which a look at so many messages hides each of them; 43,200 is SQS's limit.

    `rate` is how many of them are sent a second, None for as many as can be.
    """
    each = max(SECONDS_PER_MESSAGE, 1 / rate if rate else 0)
    return min(MOST_SECONDS, LEAST_SECONDS + int(each * messages))


class QueueBrowser:
    """Iterate over batches of messages; `limit` or a requested shutdown ends it early.

    `hide` is in seconds. `seen` counts the messages. `complete` is True once SQS had nothing more
    to show.
    """

    def __init__(
        self, queue: Queue, *, hide: int, shutdown: GracefulShutdown, limit: int | None = None
    ) -> None:
        self._queue, self._shutdown, self._limit = queue, shutdown, limit
        self._held: dict[str, str] = {}
        self._gone: set[str] = set()
        # Messages that are being received or released: how that ends is not known yet.
        self._open = 0
        self._lock = threading.Lock()
        self.hide = hide
        self.seen = 0
        self.releasing = False
        self.complete = False

    @property
    def hidden(self) -> int:
        """How many messages the browser hides, or may hide where an answer is missing."""
        return len(self._held) + self._open

    def __enter__(self) -> Self:
        """Refuse a queue where a look is dangerous."""
        if self._queue.attributes().get("RedrivePolicy"):
            raise OperatorError(
                f"{self._queue.name} has a redrive policy, so reading its messages could move"
                " them to another queue; remove that policy first"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release everything that is still here; whoever was left behind goes no further."""
        self.release()
        if self._shutdown.abandoned:
            raise Unfinished

    def release(self) -> None:
        """Make everything visible again that is still here, as far as SQS answers."""
        with self._lock:
            receipts, self._held = list(self._held.values()), {}
            self._open += len(receipts)
        batches = [receipts[start : start + BATCH] for start in range(0, len(receipts), BATCH)]
        self.releasing = True
        self._shutdown.extend()
        # What went wrong before is what has to be said.
        with suppress(ClientError, BotoCoreError):
            for batch, refused in in_threads(self._show, batches, WORKERS):
                self._open -= len(batch) - len(refused)
                self._shutdown.extend()
        self.releasing = False

    def _show(self, receipts: list[str], _stop: threading.Event) -> dict[int, str]:
        return self._queue.hide(receipts, 0)

    def __iter__(self) -> Iterator[list[DeadLetterMessage]]:
        """Batches of up to ten messages that were not seen before."""
        empty = stale = 0
        while empty < EMPTY_RECEIVES and stale < STALE_RECEIVES and not self._shutdown.requested:
            left = BATCH if self._limit is None else min(BATCH, self._limit - self.seen)
            if not left:
                return
            messages, fresh = self._receive(left)
            empty = 0 if messages else empty + 1
            stale = 0 if fresh or not messages else stale + 1
            if fresh:
                self.seen += len(fresh)
                yield fresh
        self.complete = empty == EMPTY_RECEIVES

    def _receive(self, number: int) -> tuple[int, list[DeadLetterMessage]]:
        """How many messages came, and those that are new."""
        self._open += number
        try:
            messages = self._queue.receive(number, self.hide)
            return len(messages), self._fresh(messages)
        except ClientError as error:
            # SQS hides 120,000 messages of a queue at most: the look ends with those.
            if error_code(error) not in _FULL:
                raise
            return 0, []
        finally:
            self._open -= number

    def gone(self, messages: Sequence[DeadLetterMessage]) -> None:
        """Forget messages that were deleted."""
        for one in messages:
            self._held.pop(one.message_id, None)
            self._gone.add(one.message_id)

    def _fresh(self, messages: Sequence[DeadLetterMessage]) -> list[DeadLetterMessage]:
        fresh, returned = [], []
        with self._lock:
            for one in messages:
                if one.message_id in self._gone:
                    # SQS may deliver a message again that was deleted a moment ago.
                    returned.append(one.receipt)
                    continue
                if one.message_id not in self._held:
                    fresh.append(one)
                self._held[one.message_id] = one.receipt
        if returned:
            self._queue.delete(returned)
        return fresh
