"""A command as the API shows it, and the receiver that may be named with it."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Callback(TypedDict):
    """Receiver of a signed call when the command ends."""

    # Within the environment's `allowed_hosts`.
    url: str
    # Whether a result of up to 60 KB comes along; False where it is missing.
    includeResult: NotRequired[bool]


class CommandError(TypedDict):
    """Error of the last attempt."""

    # Machine-readable, in snake_case.
    code: str
    # For people.
    message: str
    # Whether another attempt may succeed.
    retryable: bool


class CallbackState(TypedDict):
    """How the callback went."""

    status: Literal["waiting", "pending", "delivered", "failed", "disabled", "unknown"]
    # Tries so far; absent before the command has ended.
    attempts: NotRequired[int]
    # Why the last try failed.
    error: NotRequired[CommandError]


class Progress(TypedDict):
    """How far a command has come, as its handler last reported it."""

    # 0 to 1.
    share: float
    # For people; may be empty.
    note: str
    at: str


class HandedOver(TypedDict):
    """Something else reports the command's outcome."""

    at: str
    # A report of progress moves it.
    deadline: str


class ChangeError(TypedDict):
    """Why an attempt failed."""

    # Machine-readable, in snake_case.
    code: str
    # For people; of earlier attempts, at most 300 characters.
    message: str


class Change(TypedDict):
    """A change of a command's status."""

    status: Literal["PENDING", "PROCESSING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED"]
    at: str
    # The attempt that began or ended with it.
    attempt: NotRequired[int]
    # How long the attempt took that ended with it.
    seconds: NotRequired[float]
    # Why that attempt failed.
    error: NotRequired[ChangeError]
    # Where the attempt was handed over.
    handedOver: NotRequired[bool]


class Command(TypedDict):
    """A command and its state."""

    id: str
    # None where the message was unreadable.
    type: str | None
    status: Literal["PENDING", "PROCESSING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED"]
    attempts: int
    # In UTC, as ISO 8601.
    createdAt: str
    updatedAt: str
    # Once it is COMPLETED.
    result: NotRequired[Any]
    # A short-lived URL in place of a result over 256 KB; None once the result has expired.
    resultUrl: NotRequired[str | None]
    # Of the last attempt, if it failed.
    error: NotRequired[CommandError]
    # Absent where its handler reports nothing, and once it is COMPLETED.
    progress: NotRequired[Progress]
    # While something outside of the worker reports on it.
    handedOver: NotRequired[HandedOver]
    # With `?history=1`: the oldest change first.
    history: NotRequired[list[Change]]
    # When it was asked to stop; it may have ended otherwise.
    cancelRequestedAt: NotRequired[str]
    # Present if the command has a callback.
    callback: NotRequired[CallbackState]
