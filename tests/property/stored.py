"""Producers that store commands in transactions of their own, and the relay that sends them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.message import Message, body_of, parse
from command_api.domain.submission import submitted
from command_api.usecases.relay import AGE, OutboxRelay
from tests.fakes.outbox import InMemoryOutbox
from tests.property.invocation import Died
from tests.property.worker import MESSAGE_LIFE, QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.model import JSON, Command
    from tests.property.world import World

_RUN_SECONDS = 60


@dataclass
class Producers:
    """Their commands are in the world's table, and go to its queue."""

    world: World
    # Whether the process that sends dies before it can note that.
    dies: bool = False

    @property
    def outbox(self) -> InMemoryOutbox:
        """What the relay sees of the table."""
        return InMemoryOutbox(self.world.commands)

    @property
    def waiting(self) -> set[str]:
        """The commands that are to be sent."""
        return {one.id for one in self.world.commands.commands.values() if one.pending_entry}

    def store(
        self,
        command_id: str,
        kind: str,
        command_input: Mapping[str, JSON],
        group: str,
        *,
        sends: bool,
    ) -> None:
        """Store a command, and send it or not."""
        now = self.world.clock()
        message = Message(
            message_id="-",
            receipt_handle="-",
            body=body_of(kind, command_input),
            command_id=command_id,
            sent_at=now,
        )
        asked = replace(parse(message, default_type="good"), group=group)
        command = submitted(asked, until=now, at_once=True)
        assert self.outbox.store(command) is None
        self.world.ledger.chances[command_id] += 1
        self.world.note(f"stored {command_id}")
        if sends:
            try:
                self.send([command])
                self.outbox.settle(command)
            except Died:
                pass

    def relay(self) -> None:
        """One run of the relay."""
        relay = OutboxRelay(
            outbox=self.outbox,
            sender=self,
            logger=QUIET,
            message_life=MESSAGE_LIFE,
            clock=self.world.clock,
        )
        try:
            relay(deadline=self.world.clock() + timedelta(seconds=_RUN_SECONDS))
        except Died:
            self.world.note("the relay died")

    def relay_all(self) -> None:
        """Runs of the relay until nothing waits to be sent."""
        self.dies = False
        while self.waiting:
            self.world.pass_time(AGE.total_seconds() + _RUN_SECONDS)
            self.relay()

    def takes(self, _command: Command) -> bool:
        """Any."""
        return True

    def send(self, commands: Sequence[Command]) -> list[str]:
        """SendMessage for each, and maybe the end of the process."""
        for one in commands:
            assert one.pending_entry is not None
            body = body_of(one.type, one.pending_entry.input or {})
            sent = self.world.queue.submit(body, one.id, one.group)
            self.world.ledger.chances[one.id] += sent
        if self.dies:
            raise Died
        return [one.id for one in commands]
