"""`replay` of deliveries that were made or that the receiver's answer has ended.

No message is left of these: the record of the delivery keeps what was sent. One conditional write
turns the record into a retryable failure, and the same input goes back into the queue, where the
worker runs it as after a redrive. Killed between the two, the same command line finds the delivery
again. Killed after the send, it may send it twice, and the worker drops the second message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from scripts import cli, table
from scripts.commands import listing
from scripts.dlq.message import DeadLetterMessage
from scripts.dlq.show import SAMPLE
from scripts.errors import OperatorError
from scripts.framework import envelope, errors, message, model, records
from scripts.notifications import delivery
from scripts.webhooks.deployed import answering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.dlq.filter import Filter
    from scripts.dlq.session import Session
    from scripts.webhooks.deployed import Deliveries

COLUMNS = ("last try", "status", "tries", "receiver", "webhook-id")
# The table keeps the record of a delivery for a month.
_LONGEST = timedelta(days=31)


class Outcome(StrEnum):
    """How a delivery ended, and thereby where a replay finds what to send."""

    EXHAUSTED = "exhausted"
    """It used up its tries: its message is in the dead-letter queue."""
    ENDED = "ended"
    """The receiver answered 410 or a redirect: the record has what was sent."""
    DELIVERED = "delivered"
    """The receiver has accepted it: the same."""


def row(at: str, one: listing.Listed | model.Command) -> tuple[str, ...]:
    """A delivery in the order of COLUMNS."""
    return (at, one.status, str(one.attempts), one.owner, one.id)


@dataclass(kw_only=True)
class Replay:
    """What is to be sent again; `outcomes` are those of the deliveries that are meant."""

    session: Session
    deliveries: Deliveries
    wanted: Filter
    outcomes: frozenset[Outcome]
    replayed: int = 0
    # Deliveries that match, but whose records have nothing to send.
    not_kept: int = 0
    # What it has sent itself can have arrived before it comes by.
    began: datetime = field(default_factory=listing.now)

    def dry_run(self, again: Sequence[str]) -> int:
        """Print what a replay would send; the exit code. `again` are further words to apply it."""
        found = list(islice(self._matching(), SAMPLE))
        if found:
            table.show(COLUMNS, [row(records.moment(one.updated_at), one) for one in found])
        more = f" (there may be more than these {SAMPLE})" if len(found) == SAMPLE else ""
        self.session.notes(f"matching deliveries: {len(found)}{more}")
        self._tell_not_kept()
        if found and not self.session.shutdown.requested:
            words = ["replay", "--apply", *again]
            line = cli.command_line("webhooks", *words, flags=self.deliveries.flags)
            self.session.notes(f"dry run: nothing was sent; next: {line}")
        return 0

    def apply(self, rate: int | None) -> int:
        """Send all that match; the exit code."""
        limiter, matching = self.session.rate_limiter(rate), self._matching()
        self.session.queue.attributes()  # says so, if it is missing, before anything is touched
        refused: dict[int, str] = {}
        with self.session.progress("Replaying", None) as on_progress:
            while some := list(islice(matching, limiter.step)):
                limiter.acquire(len(some))
                if self.session.shutdown.requested:
                    break
                ready = [one for one in some if self._prepare(one)]
                refused = self.session.queue.send([_message(one) for one in ready])
                self.replayed += len(ready) - len(refused)
                self.session.so_far = f"replayed {self.replayed}"
                on_progress(len(some))
                if refused:
                    break
        self.session.notes(f"replayed {self.replayed}")
        self._tell_not_kept()
        if refused:
            codes = ", ".join(sorted(set(refused.values())))
            raise OperatorError(f"SQS refused a message: {codes}; run the same command again")
        return 0

    def _matching(self) -> Iterator[model.Command]:
        """Deliveries to send, as the table has them at this moment."""
        for name in self._names():
            if self.session.shutdown.requested:
                return
            found = self.deliveries.record(name)
            if found is None or not self._matches(found):
                continue
            if delivery.kept(found) is None:
                self.not_kept += 1
                continue
            yield found

    def _names(self) -> Iterator[str]:
        if self.wanted.ids:
            yield from dict.fromkeys(self.wanted.ids)
            return
        now = self.began
        after = records.moment(now - (self.wanted.younger_than or _LONGEST))
        # What a killed replay has left behind has failed, too.
        statuses = [model.Status.FAILED]
        if Outcome.DELIVERED in self.outcomes:
            statuses.append(model.Status.COMPLETED)
        index = self.deliveries.index()
        for status in statuses:
            for one in listing.written(index, status, after, now=now):
                if self.wanted.owner in (None, one.owner) and one.status is status:
                    yield one.id

    def _matches(self, found: model.Command) -> bool:
        wanted, code = self.wanted, found.failure.code if found.failure else ""
        age = self.began - found.updated_at
        return (
            holds(found)
            and found.updated_at <= self.began
            and bool(_outcomes(found) & self.outcomes)
            # A replay that was killed has put its own code there.
            and (not wanted.codes or code in (*wanted.codes, delivery.REPLAYED))
            and (wanted.older_than is None or age > wanted.older_than)
            and (wanted.younger_than is None or age < wanted.younger_than)
            and wanted.owner in (None, found.owner)
        )

    def _prepare(self, found: model.Command) -> bool:
        """Let the worker run a delivery once more; False where it has changed meanwhile."""
        try:
            with answering():
                self.deliveries.records().replace(found, delivery.replayed(found))
        except errors.LeaseLost:
            self.session.notes(f"{found.id} has changed meanwhile and is left out")
            return False
        return True

    def _tell_not_kept(self) -> None:
        if self.not_kept:
            self.session.notes(
                f"{self.not_kept} more match, but were never sent or are of an earlier release:"
                " nothing is kept of them"
            )


def holds(found: model.Command) -> bool:
    """Whether the record of a delivery, and no dead-letter message, is what to replay."""
    return bool(_outcomes(found) & {Outcome.ENDED, Outcome.DELIVERED})


def _outcomes(found: model.Command) -> set[Outcome]:
    """How a delivery ended, by its record; empty while it goes on."""
    if found.status is model.Status.COMPLETED:
        return {Outcome.DELIVERED}
    if found.status is not model.Status.FAILED or found.failure is None:
        return set()
    if found.failure.code == delivery.REPLAYED:
        return {Outcome.ENDED, Outcome.DELIVERED}
    return {Outcome.EXHAUSTED if found.failure.retryable else Outcome.ENDED}


def _message(found: model.Command) -> DeadLetterMessage:
    """The message of a delivery as the notifier has sent it."""
    sent = delivery.kept(found) or {}
    return DeadLetterMessage(
        message_id=found.id,
        body=message.body_of(delivery.TYPE, sent),
        attributes=envelope.attributes(
            found.id, owner=found.owner, correlation_id=found.correlation_id
        ),
        sent_at=datetime.now(UTC),
        group=envelope.group_of(found.owner),
    )
