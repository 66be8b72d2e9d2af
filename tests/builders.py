"""Commands, attempts and messages for tests, with everything defaulted that a test is not about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from command_api.domain.message import Message
from command_api.domain.model import Attempt, Command, Failure, Lease, Status, Submission
from command_api.domain.work import fingerprint
from scripts.build.package.manifest import FUNCTION_ENVIRONMENT

__all__ = ["FUNCTION_ENVIRONMENT"]

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
# What the commands and submissions of these builders ask for.
WORK = fingerprint("echo", {"n": 1})
LATER = NOW + timedelta(minutes=10)
SECOND = timedelta(seconds=1)
# How long the queue keeps a message, and until when there is one that was sent at NOW.
MESSAGE_LIFE = timedelta(days=4)
WAITS_UNTIL = NOW + MESSAGE_LIFE

TEMPORARY = Failure(code="temporary_failure", message="Try again.", retryable=True)
FINAL = Failure(code="rejected", message="Never.", retryable=False)


def submission(**changes: Any) -> Submission:
    """A submission of `echo` under the id c-1."""
    return replace(Submission(id="c-1", type="echo", input={"n": 1}, submitted_at=NOW), **changes)


def attempt(**changes: Any) -> Attempt:
    """An attempt through message m-1 with a lease of one minute."""
    return replace(
        Attempt(
            token="t-1",
            message_id="m-1",
            at=NOW,
            lease_until=NOW + timedelta(minutes=1),
            waits_until=WAITS_UNTIL,
            max_attempts=3,
        ),
        **changes,
    )


def command(status: Status = Status.PROCESSING, **changes: Any) -> Command:
    """A command in the given state, on its first of three attempts through message m-1."""
    running = status is Status.PROCESSING
    return replace(
        Command(
            id="c-1",
            type="echo",
            work=WORK,
            status=status,
            created_at=NOW,
            updated_at=NOW,
            attempts=1,
            max_attempts=3,
            message_id="m-1",
            lease=Lease("t-1", NOW + timedelta(minutes=1)) if running else None,
        ),
        **changes,
    )


def message(body: str = '{"type": "echo", "input": {"n": 1}}', **changes: Any) -> Message:
    """A message m-1 for the command c-1."""
    return replace(
        Message(message_id="m-1", receipt_handle="r-1", body=body, command_id="c-1", sent_at=NOW),
        **changes,
    )


def fail(error: BaseException) -> NoReturn:
    """Raise, where only an expression fits."""
    raise error
