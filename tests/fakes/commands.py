"""In-memory twins of the adapters: the same rules, checked by the same contract suite."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from command_api.adapters.dynamodb.item import ITEM_BYTES, RESULT_BYTES, STATE_BYTES, document
from command_api.domain import lifecycle
from command_api.domain.errors import (
    CancelRequested,
    ConditionFailed,
    DoesNotFit,
    LeaseLost,
    SecretUnavailable,
    Unavailable,
    Unknown,
)
from command_api.domain.model import Claim, Command, Status, Step
from command_api.domain.overlap import Turn
from command_api.domain.retry import LONGEST_WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.access import Caller
    from command_api.domain.effects import Effect
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Attempt, Progress, Submission

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
LONGEST_DELAY_SECONDS = 900


def atomic(write: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """One write after the other, as in the table."""

    @wraps(write)
    def one(*args: _Asked.args, **named: _Asked.kwargs) -> _Answer:
        store: Any = args[0]
        with store.lock:
            return write(*args, **named)

    return one


@dataclass
class InMemoryCommands:
    """Commands in a dictionary."""

    commands: dict[str, Command] = field(default_factory=dict)
    # The token that last wrote a command, by its id: it stays with the command after its end.
    tokens: dict[str, str] = field(default_factory=dict)
    # What handlers have committed, and the tables where no condition holds.
    effects: list[Effect] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    # Which run of a schedule was let start last.
    turns: dict[str, Turn] = field(default_factory=dict)
    turns_kept: dict[str, datetime] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def get(self, command_id: str, *, newest: bool = False) -> Command | None:  # noqa: ARG002
        """Look the command up."""
        return self.commands.get(command_id)

    def get_many(self, command_ids: Sequence[str]) -> Mapping[str, Command]:
        """Look them up; no more than DynamoDB takes."""
        if not 1 <= len(command_ids) <= 100:
            raise ValueError("ValidationException")
        return {one: self.commands[one] for one in command_ids if one in self.commands}

    @atomic
    def claim(self, submission: Submission, attempt: Attempt) -> Claim:
        """Claim where the lifecycle says so."""
        known = self.commands.get(submission.id)
        if known is not None and not lifecycle.claimable(known, submission, attempt):
            return Claim(known, won=known.lease is not None and known.lease.token == attempt.token)
        claimed = lifecycle.claimed(known, submission, attempt)
        # A lost worker is recorded by whoever ends the attempt that follows it.
        self.put(replace(claimed, past=known.past if known else ()))
        return Claim(claimed, won=True, known=known is not None)

    @atomic
    def replace(self, known: Command, command: Command) -> None:
        """Replace the command if it is still the one that is known."""
        if self._wrote(command, command.lease.token if command.lease else ""):
            return
        current = self.commands.get(known.id)
        if current is None or (current.status, current.updated_at) != (
            known.status,
            known.updated_at,
        ):
            raise LeaseLost
        self.put(command)
        self.tokens[command.id] = command.lease.token if command.lease else ""

    @atomic
    def finish(self, command: Command, token: str) -> None:
        """Store the outcome if the token holds the lease."""
        self._finish(command, token, ())

    @atomic
    def commit(self, command: Command, token: str, effects: Sequence[Effect]) -> None:
        """Store the outcome and the effects; those in tables that are refused hold back all."""
        self._finish(command, token, effects)

    def _finish(self, command: Command, token: str, effects: Sequence[Effect]) -> None:
        if self._wrote(command, token):
            return
        self._require_lease(command.id, token)
        for place, effect in enumerate(effects):
            if effect.table in self.refusing:
                raise ConditionFailed(place, None)
        current = self.commands[command.id]
        if current.status is Status.CANCELLING and command.may_run_again:
            raise CancelRequested
        done = command.status is Status.COMPLETED
        steps, progress = ({}, None) if done else (current.steps, current.progress)
        continued = command.slices and command.status in (Status.PENDING, Status.COMPLETED)
        entry = None if continued else current.pending_entry
        given = command.hand_over
        hand_over = given if given and given.lease == token else current.hand_over
        self.put(
            replace(
                command,
                steps=steps,
                state=json.loads(document(command.state, limit=STATE_BYTES)["S"]),
                progress=progress,
                cancel_requested_at=current.cancel_requested_at,
                pending_entry=entry,
                waits_until=current.waits_until,
                hand_over=hand_over,
            )
        )
        self.tokens[command.id] = token
        self.effects += effects

    def load_state(self, command: Command) -> JSON:
        """What the command has; one that is stored apart needs its bucket."""
        if command.state_key is not None:
            raise Unavailable("no bucket")
        return command.state

    @atomic
    def record(self, command: Command) -> bool:
        """Store the command unless its id is known."""
        if command.id in self.commands:
            return False
        self.put(command)
        return True

    def schedule(self, command: Command) -> Command:
        """Store the command unless its id is known."""
        return self.commands.setdefault(command.id, command)

    @atomic
    def wait(self, command_id: str, until: datetime) -> None:
        """Move the end of the wait, where the command has not ended."""
        known = self.commands.get(command_id)
        if known is not None and not known.status.terminal:
            self.put(replace(known, waits_until=until))

    @atomic
    def cancel(self, cancelled: Command, caller: Caller) -> tuple[Command, bool]:
        """Cancel what is unknown or waits."""
        known = self.commands.get(cancelled.id, cancelled)
        if caller.known_only and (known is cancelled or not caller.sees(known)):
            raise Unknown
        if known is not cancelled:
            if known.status is not Status.PENDING:
                return known, False
            now, purge_at = cancelled.updated_at, cancelled.purge_at or cancelled.updated_at
            known = known.cancelled(now=now, purge_at=purge_at)
        self.put(known)
        return known, True

    @atomic
    def record_step(self, command_id: str, token: str, name: str, step: Step) -> None:
        """Store the step's result if the token holds the lease."""
        self._require_lease(command_id, token)
        known = self.commands[command_id]
        stored = Step(json.loads(document(step.result)["S"]), step.awaited)
        self.put(replace(known, steps={**known.steps, name: stored}))

    @atomic
    def record_progress(self, command_id: str, token: str, progress: Progress) -> bool:
        """Store the progress if the token holds the lease."""
        self._require_lease(command_id, token)
        self.put(replace(self.commands[command_id], progress=progress))
        return self.commands[command_id].status is Status.CANCELLING

    @atomic
    def hand_over(self, command: Command, token: str, progress: Progress | None = None) -> bool:
        """Store who may report, and the report, if the token holds the lease."""
        self._require_lease(command.id, token)
        current = self.commands[command.id]
        given = replace(
            current,
            hand_over=command.hand_over,
            lease=command.lease,
            max_attempts=command.max_attempts,
            waits_until=command.waits_until or current.waits_until,
            progress=progress or current.progress,
            past=command.past or current.past,
        )
        self.put(given)
        return given.status is Status.CANCELLING

    @atomic
    def request_cancel(self, known: Command, now: datetime) -> bool:
        """Mark the command where the same attempt still runs."""
        current = self.commands.get(known.id)
        if current is None or current.lease is None or current.lease != known.lease:
            return False
        if current.status is Status.PROCESSING:
            self.put(current.cancelling(now=now))
        return True

    @atomic
    def cancel_requested(self, command_id: str, token: str) -> bool:
        """Look the mark up if the token holds the lease."""
        self._require_lease(command_id, token)
        return self.commands[command_id].status is Status.CANCELLING

    def turn(self, schedule: str) -> Turn:
        """Look the turn up."""
        return self.turns.get(schedule, Turn())

    @atomic
    def take_turn(self, schedule: str, turn: Turn, *, after: Turn, purge_at: datetime) -> bool:
        """Keep the turn, if the one before is still there."""
        known = self.turns.get(schedule, Turn())
        if known.token == after.token:
            self.turns[schedule] = turn
            self.turns_kept[schedule] = purge_at
        return self.turns.get(schedule) == turn

    def put(self, command: Command) -> None:
        """Keep the command, if it is not larger than an item can be."""
        document(command.result, limit=RESULT_BYTES)
        stored = (
            command.result,
            command.state,
            *command.steps,
            *(one.result for one in command.steps.values()),
        )
        size = sum(len(document(value)["S"].encode()) for value in stored)
        if size > ITEM_BYTES:
            raise DoesNotFit(f"{size} bytes")
        self.commands[command.id] = command

    def _wrote(self, command: Command, token: str) -> bool:
        """Whether exactly this was written before, its answer lost and the write repeated."""
        known = self.commands.get(command.id)
        return (
            known is not None
            and (known.status, known.updated_at) == (command.status, command.updated_at)
            and known.message_id == command.message_id
            and self.tokens.get(command.id) == token
        )

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

    def get(self, key: str) -> str:
        """The text."""
        return self.results[key]

    def url(self, key: str) -> str:
        """A URL that leads nowhere."""
        return f"memory:{key}"


@dataclass
class InMemoryQueue:
    """Remembers the delay that each receipt handle was last given, in seconds."""

    delays: dict[str, float] = field(default_factory=dict)
    dead_lettered: list[Message] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    copied: list[tuple[Message, float]] = field(default_factory=list)
    moved: list[tuple[Message, str]] = field(default_factory=list)
    # Calls of `copy_all`, and ids of messages that these leave out.
    copy_calls: int = 0
    not_copied: set[str] = field(default_factory=set)

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Note the delay; like SQS, refuse one that ends 12 hours after the receive."""
        if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            raise ValueError(f"VisibilityTimeout {seconds}")
        self.delays[receipt_handle] = seconds

    def dead_letter(self, message: Message) -> None:
        """Note the message, and that it left the queue."""
        self.dead_lettered.append(message)
        self.deleted.append(message.receipt_handle)

    def delete(self, messages: Sequence[Message]) -> None:
        """Note the receipt handles."""
        self.deleted += [message.receipt_handle for message in messages]

    def copy(self, message: Message, seconds: float) -> None:
        """Note the message and its delay; like SQS, refuse one of more than 15 minutes."""
        if not 0 <= seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(f"DelaySeconds {seconds}")
        self.copied.append((message, seconds))

    def copy_all(self, copies: Sequence[tuple[Message, float]]) -> Collection[str]:
        """Note each, but for those that it is told to refuse."""
        self.copy_calls += 1
        taken = [(one, seconds) for one, seconds in copies if one.message_id not in self.not_copied]
        for message, seconds in taken:
            self.copy(message, seconds)
        return [message.message_id for message, _ in taken]

    def move(self, message: Message, queue: str) -> None:
        """Note the message and the queue that it is in now."""
        self.moved.append((message, queue))


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
