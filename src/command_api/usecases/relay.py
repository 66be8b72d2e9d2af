"""Send what was stored and never sent, where no client came back for it.

A process that died between the two left it behind, or a queue that was away. What is found by its
mark but has been sent after all, because it has begun or ended, only loses the mark.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.errors import Unavailable
from command_api.domain.queues import Queues
from command_api.domain.submission import message_until, waits_to_be_sent
from command_api.usecases.report import describe, trouble
from command_api.usecases.send import send_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from logging import Logger

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandSender, Outbox

SHARDS = "0123456789abcdef"
# What an API is still at is younger; it has 15 seconds.
AGE = timedelta(seconds=60)
# 800 in all: a schedule of five minutes takes as many as 160 a minute, at two writes each.
PER_SHARD = 50
# So many pages of them, where the queue takes less than it is given.
PAGES = 5
# What is begun must be brought to its end before the function's deadline.
RESERVE = timedelta(seconds=15)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OutboxRelay:
    """Go through the commands that look pending, as many as there is time for.

    `order` says in which order shards are looked at; where there is too much for one run, each
    should come first once in a while.
    """

    outbox: Outbox
    sender: CommandSender
    logger: Logger
    message_life: timedelta
    queues: Queues = field(default_factory=Queues)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    order: Callable[[str], Iterable[str]] = iter

    def __call__(self, *, deadline: datetime) -> Mapping[str, int]:
        """Send what is left; how many commands were sent, cleaned, lost, skipped and failed.

        Trouble with the table or the queue ends the run: the next one comes by itself, and going on
        would only add to it.
        """
        counts: Counter[str] = Counter(sent=0, cleaned=0, lost=0, skipped=0, failed=0)
        for shard in self.order(SHARDS):
            if self.clock() + RESERVE > deadline:
                self.logger.warning("outbox relay out of time", extra={"shard": shard})
                break
            try:
                self._relay_shard(shard, counts, deadline)
            except Exception as error:  # noqa: BLE001 - the edge: the next run goes on from here
                counts["failed"] += 1
                self.logger.error("outbox relay stopped", extra={"shard": shard, **trouble(error)})  # noqa: TRY400
                break
        self.logger.info("outbox relayed", extra=dict(counts))
        return dict(counts)

    def send_now(self, ids: Sequence[str], *, deadline: datetime) -> Mapping[str, int]:
        """Send what was just stored; what cannot be sent now is left to the next run."""
        counts: Counter[str] = Counter(sent=0, cleaned=0, lost=0, skipped=0, failed=0)
        try:
            self._relay(ids, counts, deadline)
        except Exception as error:  # noqa: BLE001 - the edge: the next run finds what is left
            counts["failed"] += 1
            self.logger.error("outbox relay stopped", extra=trouble(error))  # noqa: TRY400
        self.logger.info("outbox relayed", extra=dict(counts))
        return dict(counts)

    def _relay_shard(self, shard: str, counts: Counter[str], deadline: datetime) -> None:
        """Go on until enough is sent: what the queue never takes must not stand before the rest."""
        found = self.outbox.pending(shard, before=self.clock() - AGE, page=PER_SHARD)
        enough = counts["sent"] + PER_SHARD
        for _ in range(PAGES):
            page = list(islice(found, PER_SHARD))
            if not page or counts["sent"] >= enough or self.clock() + RESERVE > deadline:
                return
            self._relay(page, counts, deadline)

    def _relay(self, page: Sequence[str], counts: Counter[str], deadline: datetime) -> None:
        taken: list[Command] = []
        try:
            for command_id in page:
                with self._alone(command_id, counts):
                    self._take(command_id, taken, counts, deadline)
        finally:
            # Also where the table got into trouble half way: these are in our hands.
            self._send(taken, counts)

    def _take(
        self, command_id: str, taken: list[Command], counts: Counter[str], deadline: datetime
    ) -> None:
        known, ours = self.outbox.acquire_lease(command_id, now=self.clock(), until=deadline)
        lost = known is not None and lifecycle.message_lost(known, now=self.clock())
        if ours and known is not None and not lost:
            taken.append(known)
        elif known is not None and known.pending_entry and (lost or not waits_to_be_sent(known)):
            self.outbox.settle(known)
            counts["lost" if lost else "cleaned"] += 1
        else:
            counts["skipped"] += 1

    def _send(self, taken: list[Command], counts: Counter[str]) -> None:
        if not taken:
            return
        sent = send_each(self.sender, taken, self._failed)
        for command in taken:
            with self._alone(command.id, counts):
                if command.id in sent:
                    life = self.queues.life(command.queue, self.message_life)
                    until = message_until(command, now=self.clock(), life=life)
                    self.outbox.sent(command, waits_until=until)
                    counts["sent"] += 1
                else:
                    self.outbox.release_lease(command, now=self.clock())
                    counts["failed"] += 1

    @contextmanager
    def _alone(self, command_id: str, counts: Counter[str]) -> Iterator[None]:
        """Keep what is wrong with one entry from the others; what is away concerns them all."""
        try:
            yield
        except (Unavailable, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: an entry as nobody foresaw it
            counts["failed"] += 1
            self._failed(command_id, error)

    def _failed(self, command_id: str, error: Exception) -> None:
        self.logger.error(
            "outbox entry failed", extra={**describe(command_id, None), **trouble(error)}
        )
