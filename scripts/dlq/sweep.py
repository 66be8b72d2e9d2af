"""One pass over a dead-letter queue: every letter once, and all back in their place afterwards.

SQS cannot list a queue: to look at a message is to receive it, which hides it from others for a
while. A pass hides what it has seen until its end, or it would see the same letters again; then it
makes them visible at once. Where it is killed they come back by themselves after `hide` seconds.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from scripts.dlq.queue import BATCH
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from scripts.dlq.letter import Letter
    from scripts.dlq.queue import Queue
    from scripts.dlq.stop import Stop

# After so many looks without anything new there is nothing more to see.
QUIET_LOOKS = 2


class Sweep:
    """Iterate over batches of letters; `limit` ends it early.

    `seen` counts the letters, `unrestored` those that stay hidden for up to `hide` seconds because
    they could not be made visible at the end.
    """

    def __init__(self, queue: Queue, *, hide: int, stop: Stop, limit: int | None = None) -> None:
        self._queue, self._hide, self._stop, self._limit = queue, hide, stop, limit
        self._held: dict[str, tuple[str, float]] = {}
        self._gone: set[str] = set()
        self.seen = 0
        self.unrestored = 0

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
        receipts = [receipt for receipt, _ in self._held.values()]
        try:
            self.unrestored = len(self._queue.hide(receipts, 0))
        except (ClientError, BotoCoreError):  # what went wrong before is what has to be said
            self.unrestored = len(receipts)
        self._held.clear()

    def __iter__(self) -> Iterator[list[Letter]]:
        """Batches of up to ten letters that were not seen before."""
        quiet = 0
        while quiet < QUIET_LOOKS and not self._stop.asked:
            left = BATCH if self._limit is None else min(BATCH, self._limit - self.seen)
            if not left:
                return
            self._keep_hidden()
            fresh = self._look(left)
            quiet = 0 if fresh else quiet + 1
            if fresh:
                self.seen += len(fresh)
                yield fresh

    def gone(self, letters: Sequence[Letter]) -> None:
        """These were deleted."""
        for one in letters:
            self._held.pop(one.message_id, None)
            self._gone.add(one.message_id)

    def _look(self, number: int) -> list[Letter]:
        fresh, returned = [], []
        expires = time.monotonic() + self._hide
        for one in self._queue.receive(number, self._hide):
            if one.message_id in self._gone:
                # SQS may deliver a message again that was deleted a moment ago.
                returned.append(one.receipt)
                continue
            if one.message_id not in self._held:
                fresh.append(one)
            self._held[one.message_id] = (one.receipt, expires)
        if returned:
            self._queue.delete(returned)
        return fresh

    def _keep_hidden(self) -> None:
        now = time.monotonic()
        soon = {
            name: receipt
            for name, (receipt, expires) in self._held.items()
            if expires < now + self._hide / 2
        }
        # One that is refused here comes back, and is known.
        self._queue.hide(list(soon.values()), self._hide)
        for name, receipt in soon.items():
            self._held[name] = (receipt, now + self._hide)
