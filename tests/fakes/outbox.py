"""In-memory fakes of outbox and sender: the same rules, checked by the same contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from command_api.adapters.dynamodb.item import document
from command_api.adapters.dynamodb.item import shard as shard_of
from command_api.domain import lifecycle
from command_api.domain.submission import begins_anew, waits_to_be_sent
from tests.fakes.commands import InMemoryCommands, atomic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from threading import Lock

    from command_api.domain.model import Command


@dataclass
class InMemoryOutbox:
    """The submissions among the commands of a store."""

    store_: InMemoryCommands = field(default_factory=InMemoryCommands)

    @property
    def lock(self) -> Lock:
        """That of the table: a write of one is no write between two steps of another."""
        return self.store_.lock

    @property
    def _commands(self) -> dict[str, Command]:
        return self.store_.commands

    @atomic
    def store(self, command: Command) -> Command | None:
        """Put the command where nothing is, or nothing that counts."""
        known = self._commands.get(command.id)
        if known is not None and lifecycle.observed(known, now=command.created_at) is not None:
            if not begins_anew(known, command):
                return known
            command = replace(
                command,
                created_at=known.created_at,
                steps=known.steps,
                slices=known.slices,
                state=known.state,
                state_key=known.state_key,
                past=known.past,
            )
        if command.pending_entry is not None:
            document(command.pending_entry.input)
        self.store_.put(command)
        return None

    @atomic
    def acquire_lease(
        self, command_id: str, *, now: datetime, until: datetime
    ) -> tuple[Command | None, bool]:
        """Take over what waits and is in nobody's hands."""
        known = self._commands.get(command_id)
        if known is None or known.pending_entry is None or not waits_to_be_sent(known):
            return known, False
        if known.pending_entry.lease_until > now:
            # Refused by its own success, where its answer got lost, it is won.
            return known, known.pending_entry.lease_until == until
        taken = replace(known, pending_entry=replace(known.pending_entry, lease_until=until))
        self.store_.put(taken)
        return taken, True

    @atomic
    def release_lease(self, command: Command, *, now: datetime) -> None:
        """Let go, if it is still in these hands."""
        known = self._commands.get(command.id)
        if (
            known is not None
            and command.pending_entry is not None
            and known.pending_entry == command.pending_entry
        ):
            self.store_.put(
                replace(known, pending_entry=replace(known.pending_entry, lease_until=now))
            )

    @atomic
    def sent(self, command: Command, *, waits_until: datetime) -> None:
        """Take the mark away, and say until when there is a message."""
        self._unmark(command, waits_until)

    @atomic
    def settle(self, command: Command) -> None:
        """Take the mark away."""
        self._unmark(command, None)

    def _unmark(self, command: Command, waits_until: datetime | None) -> None:
        known = self._commands.get(command.id)
        if known is None or known.pending_entry is None or command.pending_entry is None:
            return
        if known.pending_entry.since == command.pending_entry.since:
            until = waits_until or known.waits_until
            self.store_.put(replace(known, pending_entry=None, waits_until=until))

    def pending(self, shard: str, *, before: datetime, page: int) -> Iterator[str]:  # noqa: ARG002
        """Look through all."""
        found = [
            (command.pending_entry.since, command.id)
            for command in self._commands.values()
            if command.pending_entry
            and command.pending_entry.since < before
            and shard_of(command.id) == shard
        ]
        yield from (command_id for _, command_id in sorted(found))


@dataclass
class InMemorySender:
    """Remembers what was sent; `refused` are ids that the queue does not take now, or never."""

    messages: list[Command] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    too_large: set[str] = field(default_factory=set)

    def takes(self, command: Command) -> bool:
        """Whether the message would not be too large."""
        return command.id not in self.too_large

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """Note the commands."""
        taken = [
            command
            for command in commands
            # One whose input is gone cannot be sent.
            if command.id not in self.refused
            and command.pending_entry
            and command.pending_entry.input is not None
        ]
        self.messages += taken
        return [command.id for command in taken]
