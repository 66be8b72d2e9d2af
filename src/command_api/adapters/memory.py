"""In-memory twins of the adapters: the same rules, checked by the same contract suite."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from command_api.adapters.item import ITEM_BYTES, RESULT_BYTES, document
from command_api.domain import lifecycle
from command_api.domain.errors import DoesNotFit, LeaseLost, SecretUnavailable, Unknown
from command_api.domain.lifecycle import Verdict
from command_api.domain.model import Command, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from command_api.domain.access import Caller
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Attempt, Submission


@dataclass
class InMemoryCommands:
    """Commands in a dictionary."""

    commands: dict[str, Command] = field(default_factory=dict)

    def get(self, command_id: str) -> Command | None:
        """Look the command up."""
        return self.commands.get(command_id)

    def claim(self, submission: Submission, attempt: Attempt) -> tuple[Command, bool]:
        """Claim where the lifecycle's verdict says so."""
        known = self.commands.get(submission.id)
        if known is not None:
            verdict = lifecycle.verdict(
                known,
                attempt.message_id,
                sent_at=submission.submitted_at,
                now=attempt.at,
                owner=submission.owner,
            )
            allowed = {Verdict.CLAIM, Verdict.TAKE_OVER} if attempt.takes_over else {Verdict.CLAIM}
            if verdict not in allowed:
                return known, False
        claimed = lifecycle.claimed(known, submission, attempt)
        self.put(claimed)
        return claimed, True

    def replace(self, known: Command, command: Command) -> None:
        """Replace the command if it is still the one that is known."""
        current = self.commands.get(known.id)
        if current is None or (current.status, current.updated_at) != (
            known.status,
            known.updated_at,
        ):
            raise LeaseLost
        self.put(command)

    def finish(self, command: Command, token: str) -> None:
        """Store the outcome if the token holds the lease."""
        self._require_lease(command.id, token)
        current = self.commands[command.id]
        self.put(replace(command, steps=current.steps, unsent=current.unsent))

    def record(self, command: Command) -> bool:
        """Store the command unless its id is known."""
        return self.commands.setdefault(command.id, command) is command

    def cancel(self, cancelled: Command, caller: Caller) -> tuple[Command, bool]:
        """Cancel what is unknown or waits."""
        known = self.commands.get(cancelled.id, cancelled)
        if caller.owner and (known is cancelled or not caller.sees(known)):
            raise Unknown
        if known is not cancelled:
            if known.status is not Status.PENDING:
                return known, False
            now, purge_at = cancelled.updated_at, cancelled.purge_at or cancelled.updated_at
            known = known.cancelled(now=now, purge_at=purge_at)
        self.put(known)
        return known, True

    def record_step(self, command_id: str, token: str, name: str, result: JSON) -> None:
        """Store the step's result if the token holds the lease."""
        self._require_lease(command_id, token)
        known = self.commands[command_id]
        self.put(replace(known, steps={**known.steps, name: result}))

    def put(self, command: Command) -> None:
        """Keep the command, if it is not larger than an item can be."""
        document(command.result, limit=RESULT_BYTES)
        stored = (command.input, command.result, *command.steps.values())
        size = sum(len(document(value)["S"].encode()) for value in stored)
        if size > ITEM_BYTES:
            raise DoesNotFit(f"{size} bytes")
        self.commands[command.id] = command

    def _require_lease(self, command_id: str, token: str) -> None:
        known = self.commands.get(command_id)
        if known is None or known.lease is None or known.lease.token != token:
            raise LeaseLost


@dataclass
class InMemoryResults:
    """Results in a dictionary."""

    results: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, text: str) -> None:
        """Keep the text."""
        self.results[key] = text

    def url(self, key: str) -> str:
        """A URL that leads nowhere."""
        return f"memory:{key}"


@dataclass
class InMemoryQueue:
    """Remembers the delay that each receipt handle was last given, in seconds."""

    fifo: bool = False
    delays: dict[str, float] = field(default_factory=dict)
    condemned: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    renewed: list[tuple[Message, float]] = field(default_factory=list)
    postponed: list[tuple[Message, float]] = field(default_factory=list)

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Note the delay."""
        self.delays[receipt_handle] = seconds

    def condemn(self, message: Message) -> bool:
        """Note the message; like SQS, only a FIFO queue is left at once."""
        self.condemned.append(message.message_id)
        if not self.fifo:
            self.delay(message.receipt_handle, 0.0)
        return self.fifo

    def delete(self, messages: Sequence[Message]) -> None:
        """Note the receipt handles."""
        self.deleted += [message.receipt_handle for message in messages]

    def renew(self, message: Message, seconds: float, *, at: datetime) -> None:  # noqa: ARG002
        """Note the message and its delay."""
        self.renewed.append((message, seconds))

    def postpone(self, message: Message, seconds: float, *, at: datetime) -> None:  # noqa: ARG002
        """Note the message and its delay."""
        self.postponed.append((message, seconds))


@dataclass(frozen=True)
class InMemorySecrets:
    """Secrets from a mapping of purpose to text."""

    secrets: Mapping[str, str] = field(default_factory=dict)

    def get(self, purpose: str) -> str:
        """Look the secret up."""
        if purpose not in self.secrets:
            message = f"The secret {purpose} cannot be read; seed it or grant access."
            raise SecretUnavailable(message)
        return self.secrets[purpose]

    def refresh(self, purpose: str) -> str:
        """Look it up again: the mapping is always as it is now."""
        return self.get(purpose)
