"""Submission in memory, with a table and a queue that can be away."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from command_api.domain.message import body_of
from command_api.usecases.relay import OutboxRelay
from command_api.usecases.submit import SubmitCommands
from tests.builders import MESSAGE_LIFE, NOW, message, submission
from tests.fakes.outbox import InMemoryOutbox, InMemorySender

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from command_api.domain.message import Message
    from command_api.domain.model import Command
    from command_api.usecases.submit import Answer

TIMEOUT = timedelta(seconds=15)


@dataclass
class BadTable(InMemoryOutbox):
    """A table whose named operations fail, before or after they have written."""

    away: set[str] = field(default_factory=set)
    after_writing: bool = False
    writes: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        """The operation, or trouble."""
        found = super().__getattribute__(name)
        if name not in {"store", "sent", "settle", "release_lease", "acquire_lease", "pending"}:
            return found

        def call(*args: Any, **named: Any) -> Any:
            self.writes.append(name)
            if name in self.away and not self.after_writing:
                raise ConnectionError
            result = found(*args, **named)
            if name in self.away:
                raise ConnectionError
            return result

        return call


@dataclass
class BadQueue(InMemorySender):
    """A queue that can be away, before or after it has taken the messages."""

    away: bool = False
    after_taking: bool = False

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """Send, or trouble."""
        if self.away and not self.after_taking:
            raise ConnectionError
        taken = super().send(commands)
        if self.away:
            raise ConnectionError
        return taken


@dataclass
class Harness:
    """The use cases of submission and its outbox relay, with everything around them at hand."""

    table: BadTable = field(default_factory=BadTable)
    queue: BadQueue = field(default_factory=BadQueue)
    now: datetime = NOW
    jitter: timedelta = timedelta(0)

    @property
    def submit(self) -> SubmitCommands:
        """The use case, on this bench."""
        log = logging.getLogger("submit")
        return SubmitCommands(
            outbox=self.table,
            sender=self.queue,
            logger=log,
            message_life=MESSAGE_LIFE,
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
        )

    def ask(self, **changes: Any) -> Answer:
        """Submit c-1 now, to a function with 15 seconds to go."""
        asked = submission(**{"submitted_at": self.now, **changes})
        (answer,) = self.submit([asked], until=self.now + TIMEOUT)
        return answer

    def relay(self, seconds: float = 60) -> dict[str, int]:
        """Run the outbox relay now, with so many seconds to go."""
        return dict(self._relay(deadline=self.now + timedelta(seconds=seconds)))

    def send_now(self, *ids: str) -> dict[str, int]:
        """Tell the outbox relay of what was stored."""
        return dict(self._relay.send_now(ids, deadline=self.now + timedelta(seconds=60)))

    @property
    def _relay(self) -> OutboxRelay:
        return OutboxRelay(
            outbox=self.table,
            sender=self.queue,
            logger=logging.getLogger("outbox_relay"),
            message_life=MESSAGE_LIFE,
            clock=lambda: self.now,
        )

    @property
    def command(self) -> Command:
        """The command c-1 as it is stored."""
        return self.table.store_.commands["c-1"]

    @property
    def mail(self) -> list[Message]:
        """What was sent, as the worker gets it."""
        return [
            message(
                body_of(sent.type, (sent.pending_entry and sent.pending_entry.input) or {}),
                message_id=f"m-{number}",
                receipt_handle=f"r-{number}",
                command_id=sent.id,
                owner=sent.owner,
                sent_at=self.now,
            )
            for number, sent in enumerate(self.queue.messages, 1)
        ]
