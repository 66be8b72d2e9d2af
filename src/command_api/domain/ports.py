"""What the use cases need from the outside world, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.access import Caller
    from command_api.domain.effects import Effect
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Attempt, Claim, Command, Progress, Step, Submission
    from command_api.domain.overlap import Turn
    from command_api.domain.rates import Bucket
    from command_api.domain.rates import Change as BucketChange


class CommandStore(Protocol):
    """Where commands live. Every write is conditional, so that two workers can never both win.

    A write that is repeated after its answer got lost recognises its own success. All of them
    raise Unavailable where the same call may succeed later.
    """

    def get(self, command_id: str, *, newest: bool = False) -> Command | None:
        """The stored command, whatever its age; see `lifecycle.observed` before showing it.

        `newest` reads what every write before has left, at twice the price.
        """

    def claim(self, submission: Submission, attempt: Attempt) -> Claim:
        """Give this attempt the right to run a command, by the rule of `lifecycle.claimable`."""

    def replace(self, known: Command, command: Command) -> None:
        """Put a command in the place of what is known of it; LeaseLost if that has changed."""

    def finish(self, command: Command, token: str) -> None:
        """Write the outcome of an attempt; LeaseLost unless `token` still holds the command.

        Raises CancelRequested where it lets a command run again that was asked to stop, and
        DoesNotFit where the result or the state cannot be stored.
        """

    def load_state(self, command: Command) -> JSON:
        """What the last slice of a command has passed on."""

    def commit(self, command: Command, token: str, effects: Sequence[Effect]) -> None:
        """Write an outcome as `finish`, and effects with it: all of it, or nothing.

        Raises ConditionFailed where a condition of an effect does not hold, EffectsTooLarge.
        """

    def record(self, command: Command) -> bool:
        """Write a command that never ran; False where the id is known already."""

    def schedule(self, command: Command) -> Command:
        """Write a command that waits for its time, unless its id is known; what is stored then."""

    def wait(self, command_id: str, until: datetime) -> None:
        """Note that a command has a message until then; nothing where it has ended."""

    def cancel(self, cancelled: Command, caller: Caller) -> tuple[Command, bool]:
        """Take back a command that is unknown or PENDING; a known one keeps what it has.

        Where commands have owners, an unknown one cannot be taken back, for nobody could tell whose
        it will be: Unknown is raised, as for a command that the caller does not see.

        Returns the cancelled command and True, or the command that stood in the way and False.
        """

    def record_step(self, command_id: str, token: str, name: str, step: Step) -> None:
        """Store the result of a step with the command; LeaseLost unless `token` holds it.

        Raises DoesNotFit where the result cannot be stored.
        """

    def record_progress(self, command_id: str, token: str, progress: Progress) -> bool:
        """Store how far a command has come, and say whether it is asked to stop.

        LeaseLost unless `token` holds it.
        """

    def hand_over(self, command: Command, token: str, progress: Progress | None = None) -> bool:
        """Write who may report on a command and until when, and say whether it is asked to stop.

        With a report, write its progress, too. LeaseLost unless `token` holds the command.
        """

    def request_cancel(self, known: Command, now: datetime) -> bool:
        """Ask a running command to stop; False where the attempt that was known has ended."""

    def cancel_requested(self, command_id: str, token: str) -> bool:
        """Whether a command is asked to stop; LeaseLost unless `token` holds it."""

    def turn(self, schedule: str) -> Turn:
        """Which run of a schedule has its turn, as every write before has left it."""

    def take_turn(self, schedule: str, turn: Turn, *, after: Turn, purge_at: datetime) -> bool:
        """Give a run its schedule's turn; False where that is no longer as it was `after`.

        From `purge_at` on the turn may be forgotten: no schedule says that it is deleted.
        """


class Outbox(Protocol):
    """Where commands are stored before they are sent, until they are sent."""

    def store(self, command: Command) -> Command | None:
        """Write a new command, or what takes the place of one past its time.

        One that has lost its message keeps its steps and its history, and begins anew.

        Returns what stood in the way, None where nothing did. Raises DoesNotFit.
        """

    def acquire_lease(
        self, command_id: str, *, now: datetime, until: datetime
    ) -> tuple[Command | None, bool]:
        """Acquire the lease of a pending entry that nobody is sending.

        Returns the command with its input and True, or what there is instead and False.
        """

    def release_lease(self, command: Command, *, now: datetime) -> None:
        """Release the lease, so that the next sender need not wait; nothing if that is stale."""

    def sent(self, command: Command, *, waits_until: datetime) -> None:
        """Note that a command is in the queue, until then at most; nothing if that is stale."""

    def settle(self, command: Command) -> None:
        """Note that a command need not be sent any more; nothing if that is stale."""

    def pending(self, shard: str, *, before: datetime, page: int) -> Iterator[str]:
        """The ids of a shard's commands that were stored before and never noted as sent.

        Oldest first, read in pages of so many as they are asked for; some may have been sent a
        moment ago. A shard is a hexadecimal digit.
        """


class CommandSender(Protocol):
    """The way into the queue, for commands that are stored."""

    def takes(self, command: Command) -> bool:
        """Whether the queue could take the command's message: what it never takes is not stored."""

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """Send the messages of commands; the ids of those that the queue has taken."""


class ResultStore(Protocol):
    """Where results live that are too large for a command's own record."""

    def put(self, key: str, text: str) -> None:
        """Keep a result, as JSON text; it disappears by itself, later than its command."""

    def get(self, key: str) -> str:
        """What was put there. Raises Unavailable."""

    def url(self, key: str) -> str:
        """A URL that gives whoever has it the result, for minutes."""


class MessageQueue(Protocol):
    """Where messages wait."""

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Let the message come back after so many seconds instead of the queue's own timeout."""

    def dead_letter(self, message: Message) -> None:
        """Move the message to the dead-letter queue, as a message of its own."""

    def delete(self, messages: Sequence[Message]) -> None:
        """Acknowledge messages right now."""

    def copy(self, message: Message, seconds: float) -> None:
        """Put a copy into the queue that stands for the message, delivered in so many seconds."""

    def copy_all(self, copies: Sequence[tuple[Message, float]]) -> Collection[str]:
        """Put copies into the queue as `copy` does, in few calls; ids of the messages it took."""

    def move(self, message: Message, queue: str) -> None:
        """Put a copy into another queue that stands for the message; this one is still to delete.

        `queue` is its name in the environment.
        """


class Buckets(Protocol):
    """Where the rates of types are kept, each in a bucket of its own."""

    def change(self, key: str, change: BucketChange) -> tuple[Bucket | None, bool]:
        """Take from a bucket, by the rules of `rates.fits` and `rates.changed`.

        Returns what there was, None for a new one, and whether the change was made. Raises
        Unavailable where the same call may succeed later.
        """


class Schedules(Protocol):
    """What sends held messages to the queue, where their time is far ahead."""

    def takes(self, message: Message) -> bool:
        """Whether a message is not too large."""

    def create(self, message: Message, at: datetime) -> None:
        """Let a copy arrive shortly before a time, once; nothing where that was done before."""

    def delete(self, command_id: str) -> None:
        """Let no copy for a command arrive; nothing where there is none to come."""


class Meter(Protocol):
    """Where numbers go that tell how commands fare."""

    def __call__(self, command_type: str, outcome: str, numbers: Mapping[str, float], /) -> None:
        """Note what an attempt came to: `CommandAge` and `Wait` in seconds, `Duration` in ms, and
        counts of `Attempts`, `Retries`, `DeadLetterMessages`, `Paused`, `Limited` and `Lost`.
        """


class Failures(Protocol):
    """Where changes go that can never be told: operators are called for them."""

    def put(self, command_id: str, reason: str) -> None:
        """Keep the id of a command with a change that was not told, and why."""


class SecretReader(Protocol):
    """Third-party credentials, read at run time and cached."""

    def get(self, purpose: str) -> str:
        """The secret's text; SecretUnavailable where it cannot be read."""

    def refresh(self, purpose: str) -> str:
        """The text as it is now, for whoever was turned away with what `get` gave.

        A rotation may have replaced it. Asked again within seconds it may answer what it answered
        before, so that a credential that is simply wrong costs no storm of calls. Raises
        SecretUnavailable.
        """
