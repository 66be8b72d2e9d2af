"""Take commands in: write each down, send it, note that it was sent.

Whatever breaks in between, a client that asks again with the same id gets the same command, and one
that does not is stood in for by the outbox relay.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import cached_property, partial
from random import randrange
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from command_api.domain.errors import DoesNotFit
from command_api.domain.queues import Queues
from command_api.domain.submission import Replay, message_until, replay, submitted
from command_api.usecases.report import describe, trouble
from command_api.usecases.send import send_each

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from logging import Logger

    from command_api.domain.model import Command, Submission
    from command_api.domain.ports import CommandSender, Outbox

Given = TypeVar("Given")
Made = TypeVar("Made")

# How many writes of a batch are on their way at the same time.
CONCURRENCY = 10


class Why(Enum):
    """Why a command was not taken."""

    IN_FLIGHT = auto()
    """An earlier request with this id is at it, until `Refusal.until`."""
    OTHER_WORK = auto()
    """The id stands for something else already."""
    CANCELLED = auto()
    """The id was cancelled before anything was submitted under it."""
    TOO_LARGE = auto()
    """It cannot be stored, or not be sent with all that goes along."""
    NOT_STORED = auto()
    """The table is away: nothing has happened."""
    NOT_SENT = auto()
    """The queue is away: the command is written down and will be sent with the next request for
    it, or by the outbox relay."""


_REFUSED = {Replay.OTHER: Why.OTHER_WORK, Replay.CANCELLED: Why.CANCELLED}


@dataclass(frozen=True, slots=True)
class Taken:
    """The command as it was first taken, whatever has become of it since."""

    command: Command


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command was not taken."""

    why: Why
    until: datetime | None = None


Answer: TypeAlias = "Taken | Refusal"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SubmitCommands:
    """Take commands in, each for itself: two writes for one that is new, and no reads.

    `message_life` is how long the default queue keeps a message; `queues` knows it of the others.
    """

    outbox: Outbox
    sender: CommandSender
    logger: Logger
    message_life: timedelta
    queues: Queues = field(default_factory=Queues)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    jitter: Callable[[], timedelta] = lambda: timedelta(milliseconds=randrange(1000))  # noqa: S311

    def __call__(self, asked: Sequence[Submission], *, until: datetime) -> list[Answer]:
        """One answer for each; `until` is when this call must have come to an end."""
        # It also tells whose a submission is: of two for one id in the same moment, each knows.
        until += self.jitter()
        stored = self._each(partial(self._store, until=until), asked)
        ours = [one for one in stored if not isinstance(one, Taken | Refusal)]
        sent = self._send(ours)
        noted = iter(self._each(partial(self._note, sent=sent), ours))
        return [one if isinstance(one, Taken | Refusal) else next(noted) for one in stored]

    def _each(self, act: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
        return list(self._pool.map(act, given)) if len(given) > 1 else [act(one) for one in given]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(CONCURRENCY)

    def _store(self, asked: Submission, *, until: datetime) -> Command | Answer:
        """The command if it is ours to send."""
        command = submitted(asked, until=until)
        try:
            if not self.sender.takes(command):
                return Refusal(Why.TOO_LARGE)
            known = self.outbox.store(command)
            return command if known is None else self._again(known, asked, until)
        except DoesNotFit:
            return Refusal(Why.TOO_LARGE)
        except Exception as error:  # noqa: BLE001 - the edge: the client may try again
            self._warn("store failed", command, error)
            return Refusal(Why.NOT_STORED)

    def _again(self, known: Command, asked: Submission, until: datetime) -> Command | Answer:
        ours, now = submitted(asked, until=until), self.clock()
        found = replay(known, asked, now=now)
        if found is Replay.RESUME:
            taken, won = self.outbox.acquire_lease(known.id, now=now, until=until)
            if taken is not None and won:
                return taken
            # Somebody was faster: what they are at, or have done, decides.
            known = taken or known
            found = replay(known, asked, now=now)
        if found is Replay.SAME:
            return Taken(known)
        if found in _REFUSED or known.pending_entry is None:
            return Refusal(_REFUSED.get(found, Why.OTHER_WORK))
        mine = ours.pending_entry
        if mine and (known.pending_entry.since, known.pending_entry.lease_until) == (
            mine.since,
            mine.lease_until,
        ):
            # A write that was retried after its answer got lost is refused by its own success.
            return ours
        return Refusal(Why.IN_FLIGHT, known.pending_entry.lease_until)

    def _send(self, commands: Sequence[Command]) -> Collection[str]:
        if not commands:
            return frozenset()

        def failed(command_id: str, error: Exception) -> None:
            self.logger.error("send failed", extra={**describe(command_id, None), **trouble(error)})

        try:
            # One command that was asked for twice in a batch is sent once.
            return send_each(self.sender, [*{one.id: one for one in commands}.values()], failed)
        except Exception as error:  # noqa: BLE001 - what was not sent is written down
            self._warn("send failed", commands[0], error)
            return frozenset()

    def _note(self, command: Command, *, sent: Collection[str]) -> Answer:
        taken = command.id in sent
        try:
            if taken:
                life = self.queues.life(command.queue, self.message_life)
                until = message_until(command, now=self.clock(), life=life)
                self.outbox.sent(command, waits_until=until)
            else:
                self.outbox.release_lease(command, now=self.clock())
        except Exception as error:  # noqa: BLE001 - then it is sent twice, or a little later
            self._warn("sent but not recorded" if taken else "release failed", command, error)
            if not taken and command.pending_entry is not None:
                return Refusal(Why.NOT_SENT, command.pending_entry.lease_until)
        event = "submitted" if taken else "send failed"
        self.logger.info(event, extra=describe(command.id, command))
        return Taken(command) if taken else Refusal(Why.NOT_SENT)

    def _warn(self, event: str, command: Command, error: Exception) -> None:
        self.logger.warning(event, extra={**describe(command.id, command), **trouble(error)})
