"""One pass over a dead-letter queue: every letter once, and all back in their place afterwards.

SQS cannot list a queue: to look at a message is to receive it, which hides it from others for a
while. A pass hides each message once, for as long as a pass over all of them may take, and makes
everything visible again at its end. Where it is killed they come back by themselves.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import error_code
from scripts.dlq.queue import BATCH
from scripts.errors import OperatorError
from scripts.parallel import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from threading import Event
    from types import TracebackType
    from typing import Self

    from scripts.dlq.letter import Letter
    from scripts.dlq.queue import Queue
    from scripts.dlq.stop import Stop

# After so many looks that find nothing there is nothing more to see; after so many that find only
# what is known, the pass is slower than its letters come back, and goes in circles.
EMPTY_LOOKS, STALE_LOOKS = 2, 100
# A letter is hidden for a minute, and for as long as a pass over all of them takes: ten letters in
# half a second, where SQS, the table and a slow line take a tenth or two.
LEAST_SECONDS, SECONDS_PER_LETTER, MOST_SECONDS = 60, 0.05, 43_200
_FULL = {"OverLimit", "AWS.SimpleQueueService.OverLimit"}
# What was looked at is made visible again by so many threads.
WORKERS = 8


def hiding_time(letters: int, rate: int | None = None) -> int:
    """Seconds for which a pass over so many letters hides each of them; 43,200 is SQS's limit.

    `rate` is how many of them it sends a second, None for as many as it can.
    """
    each = max(SECONDS_PER_LETTER, 1 / rate if rate else 0)
    return min(MOST_SECONDS, LEAST_SECONDS + int(each * letters))


class Sweep:
    """Iterate over batches of letters; `limit` ends it early.

    `seen` counts the letters, `unrestored` those that stay hidden for up to `hide` seconds because
    they could not be made visible at the end. `complete` is True once SQS had nothing more to show.
    """

    def __init__(self, queue: Queue, *, hide: int, stop: Stop, limit: int | None = None) -> None:
        self._queue, self._hide, self._stop, self._limit = queue, hide, stop, limit
        self._held: dict[str, str] = {}
        self._gone: set[str] = set()
        self.seen = 0
        self.unrestored = 0
        self.complete = False

    def __enter__(self) -> Self:
        """Refuse a queue where a look is dangerous."""
        if self._queue.attributes().get("RedrivePolicy"):
            raise OperatorError(
                f"{self._queue.name} has a redrive policy of its own: each look at its messages"
                " counts as a receive and could move them on; remove that policy first"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make everything visible again that is still here."""
        self.unrestored = len(self._held)
        receipts = list(self._held.values())
        batches = [receipts[start : start + BATCH] for start in range(0, len(receipts), BATCH)]
        self._held.clear()
        # What went wrong before is what has to be said.
        with suppress(ClientError, BotoCoreError):
            for batch, refused in in_threads(self._show, batches, WORKERS):
                self.unrestored -= len(batch) - len(refused)

    def _show(self, receipts: list[str], _stop: Event) -> dict[int, str]:
        return self._queue.hide(receipts, 0)

    def __iter__(self) -> Iterator[list[Letter]]:
        """Batches of up to ten letters that were not seen before."""
        empty = stale = 0
        while empty < EMPTY_LOOKS and stale < STALE_LOOKS and not self._stop.asked:
            left = BATCH if self._limit is None else min(BATCH, self._limit - self.seen)
            if not left:
                return
            letters = self._received(left)
            fresh = self._fresh(letters)
            empty = 0 if letters else empty + 1
            stale = 0 if fresh or not letters else stale + 1
            if fresh:
                self.seen += len(fresh)
                yield fresh
        self.complete = empty == EMPTY_LOOKS

    def _received(self, number: int) -> list[Letter]:
        try:
            return self._queue.receive(number, self._hide)
        except ClientError as error:
            # SQS hides 120,000 messages of a queue at most: the pass ends with those.
            if error_code(error) not in _FULL:
                raise
            return []

    def gone(self, letters: Sequence[Letter]) -> None:
        """These were deleted."""
        for one in letters:
            self._held.pop(one.message_id, None)
            self._gone.add(one.message_id)

    def _fresh(self, letters: Sequence[Letter]) -> list[Letter]:
        fresh, returned = [], []
        for one in letters:
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
