"""What the use cases need from the outside world, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Attempt, Command, Submission


class CommandStore(Protocol):
    """Where commands live. Every write is conditional, so that two workers can never both win."""

    def get(self, command_id: str) -> Command | None:
        """The stored command, whatever its age; see `lifecycle.observed` before showing it."""

    def claim(self, submission: Submission, attempt: Attempt) -> tuple[Command, bool]:
        """Give this attempt the right to run a command whose verdict is CLAIM.

        One whose verdict is TAKE_OVER only where the attempt `takes_over`.

        Returns the claimed command and True, or the command that stood in the way and False.
        """

    def replace(self, known: Command, command: Command) -> None:
        """Put a command in the place of what is known of it; LeaseLost if that has changed."""

    def finish(self, command: Command, token: str) -> None:
        """Write the outcome of an attempt; LeaseLost unless `token` still holds the command.

        Raises DoesNotFit where the result cannot be stored.
        """

    def record(self, command: Command) -> bool:
        """Write a command that never ran; False where the id is known already."""

    def cancel(self, cancelled: Command) -> tuple[Command, bool]:
        """Take back a command that is unknown or PENDING; a known one keeps what it has.

        Returns the cancelled command and True, or the command that stood in the way and False.
        """

    def record_step(self, command_id: str, token: str, name: str, result: JSON) -> None:
        """Store the result of a step with the command; LeaseLost unless `token` holds it.

        Raises DoesNotFit where the result cannot be stored.
        """


class ResultStore(Protocol):
    """Where results live that are too large for a command's own record."""

    def put(self, key: str, text: str) -> None:
        """Keep a result, as JSON text; it disappears by itself, later than its command."""

    def url(self, key: str) -> str:
        """A URL that gives whoever has it the result, for minutes."""


class MessageQueue(Protocol):
    """Where messages wait."""

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Let the message come back after so many seconds instead of the queue's own timeout."""

    def condemn(self, message: Message) -> bool:
        """Send the message on its way to the dead-letter queue; True where it has left already."""

    def delete(self, messages: Sequence[Message]) -> None:
        """Acknowledge messages right now."""

    def renew(self, message: Message, seconds: float, *, at: datetime) -> None:
        """Put a fresh copy into the queue, `at` this time, to be delivered in so many seconds."""


class SecretReader(Protocol):
    """Third-party credentials, read at run time and cached."""

    def get(self, purpose: str) -> str:
        """The secret's text; SecretUnavailable where it cannot be read."""
