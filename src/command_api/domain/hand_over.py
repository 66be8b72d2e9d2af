"""Work that goes on outside of the worker: who may report on it, and until when."""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.decision import Raised, Returned, Stopped, ended

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.decision import Terms
    from command_api.domain.model import JSON, Command, Failure, Progress

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=365)


class HandOver(NamedTuple):
    """The right to report on a command, which an attempt has given away.

    It holds for as long as the attempt's lease does; from `at` on that lease ends `timeout` after
    the last report.
    """

    # Fencing token of the attempt.
    lease: str
    # Hash of the command's id and the token, which nobody keeps but the reporter.
    digest: str
    timeout: timedelta
    # Attempts that the command may have.
    attempts: int
    # Whether another attempt follows where the deadline passes.
    retry: bool = False
    # When the handler had returned, or something was reported before that; None until then.
    at: datetime | None = None
    # Hash of the outcome that was reported; empty before.
    outcome: str = ""


class Outcome(NamedTuple):
    """How the work ended, as its reporter says."""

    result: JSON = None
    # None where the work succeeded or was stopped.
    failure: Failure | None = None
    stopped: bool = False

    @property
    def happened(self) -> Returned | Stopped | Raised:
        """The same as if a handler had ended so."""
        if self.stopped:
            return Stopped()
        return Returned(self.result) if self.failure is None else Raised(self.failure)

    @property
    def digest(self) -> str:
        """The same for the same outcome."""
        said = self.failure
        failed = [said.code, said.message, said.retryable] if said else None
        told = json.dumps([self.result, failed, self.stopped], sort_keys=True)
        return sha256(told.encode()).hexdigest()


class InvalidToken(Exception):
    """The token is not that of the command's hand-over; there may be no such command."""


class HandOverEnded(Exception):
    """The token is right, and nothing can be reported with it any more; the text says why."""


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest_of(command_id: str, token: str) -> str:
    """What is stored of a token: it is worth nothing, and fits no other command."""
    return sha256(f"{command_id}/{token}".encode()).hexdigest()


def given(timeout: timedelta) -> timedelta:
    """The timeout of a hand-over; ValueError where it is none."""
    if not SHORTEST <= timeout <= LONGEST:
        raise ValueError("timeout must be from one second to 365 days, for example 3600")
    return timeout


def require(
    command: Command | None, token: str, outcome: Outcome | None, *, now: datetime
) -> HandOver | None:
    """The hand-over that a report is for; None where exactly this outcome was reported before.

    Raises InvalidToken and HandOverEnded.
    """
    # An unknown command takes as long as a wrong token.
    kept = command.hand_over.digest if command and command.hand_over else ""
    command_id = command.id if command else ""
    if not hmac.compare_digest(digest_of(command_id, token), kept):
        raise InvalidToken
    if command is None or command.hand_over is None:
        raise InvalidToken
    if command.purge_at is not None and command.purge_at <= now:
        raise InvalidToken
    if command.hand_over.outcome:
        if outcome is not None and outcome.digest == command.hand_over.outcome:
            return None
        raise HandOverEnded("The outcome was reported before.")
    if command.handed_over is None:
        raise HandOverEnded(_why_ended(command))
    if command.lease is not None and command.lease.expires_at < now:
        raise HandOverEnded("The deadline has passed: the report comes too late.")
    return command.handed_over


def _why_ended(command: Command) -> str:
    if command.status.terminal:
        return f"The command has ended ({command.status}): the report comes too late."
    return "Another attempt has taken the command over: the report comes too late."


def confirmed(command: Command, hand_over: HandOver, *, now: datetime) -> Command:
    """The command whose reporter has `timeout` from now on, and the handler its own time."""
    until = now + hand_over.timeout
    if command.lease is not None:
        until = max(until, command.lease.expires_at)
    return command.handed(hand_over._replace(at=hand_over.at or now), until=until)


def concluded(command: Command, hand_over: HandOver, outcome: Outcome, terms: Terms) -> Command:
    """The command with what was reported; a failure may leave it to the next attempt."""
    told = command.handed(hand_over._replace(at=hand_over.at or terms.now, outcome=outcome.digest))
    decision = ended(told.with_attempts(hand_over.attempts), outcome.happened, terms)
    return decision.command or told


class Report(NamedTuple):
    """What a reporter says: how far the work has come, or how it ended."""

    progress: Progress | None = None
    outcome: Outcome | None = None
