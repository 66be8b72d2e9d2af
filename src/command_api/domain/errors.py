"""Errors, each named after what the one who meets it must do."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import JSON

# A message is for a person to read, and a code is a name.
MESSAGE_LENGTH, CODE_LENGTH = 1024, 64


class CommandError(Exception):
    """A handler's judgement of its command; the client reads `message` and `code`.

    Whatever a handler passes becomes text that can be stored: `str()` of it, without lone
    surrogates, at most 1,024 characters (`code`: 64).
    """

    # A subclass may have a code of its own, and need not call the constructor.
    code = "command_error"
    message = ""

    def __init__(self, message: object, *, code: object = None) -> None:
        self.message = _text(message, MESSAGE_LENGTH)
        self.code = _text(type(self).code if code is None else code, CODE_LENGTH)
        super().__init__(self.message)


class Rejected(CommandError):
    """This command can never succeed: record it as failed and do not retry."""

    code = "rejected"


class Retryable(CommandError):
    """This attempt failed, another may succeed: try again.

    `after` is the wait before the next attempt, in seconds or as a timedelta; without a usable
    one, the retry policy decides. `at_least` is a lower bound that somebody else has named: the
    wait is the longer of it and the retry policy's own.
    """

    code = "temporary_failure"
    after: float | None = None
    at_least: float | None = None

    def __init__(
        self,
        message: object,
        *,
        code: object = None,
        after: float | timedelta | None = None,
        at_least: float | timedelta | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.after = _seconds(after)
        self.at_least = _seconds(at_least)


class ConditionFailed(Rejected):
    """A condition of an item that a handler commits does not hold; nothing was written.

    A handler that does not catch it rejects its command. `place` is the item's, from 0; `found` is
    the item that was there, None where there was none.
    """

    code = "condition_failed"

    def __init__(self, place: int, found: Mapping[str, Any] | None) -> None:
        super().__init__("What the command requires does not hold.")
        self.place = place
        self.found = found


class EffectsTooLarge(Rejected):
    """What a handler commits is more than DynamoDB takes at once."""

    code = "effects_too_large"


class SecretUnavailable(Retryable):
    """A secret could not be read: seed it or grant access. It costs the command no attempt."""

    code = "secret_unavailable"


class StepInProgress(Retryable):
    """A step of this name is running in another thread: give concurrent steps different names."""

    code = "step_in_progress"

    def __init__(self, name: str) -> None:
        super().__init__(f"The step {name} is already running.")


class Cancelled(BaseException):
    """The handler has stopped: end its command as CANCELLED.

    Like asyncio.CancelledError it is no Exception, so that no `except Exception` swallows it.
    """


class CancelRequested(Exception):
    """A client has asked to stop the command: this outcome would let it run again."""


class Continue(BaseException):
    """End this invocation and go on in another, with this state as `context.state`.

    The state is JSON. `after` is the wait before the next slice, in seconds or as a timedelta, at
    most 11 h 45 min. Like LeaseLost it is no Exception: `except Exception` does not catch it.
    """

    def __init__(self, state: JSON, *, after: float | timedelta | None = None) -> None:
        super().__init__()
        self.state = state
        self.after = _seconds(after) or 0.0


class LeaseLost(BaseException):
    """Another attempt has taken the command over: drop this attempt's outcome.

    Like asyncio.CancelledError it is no Exception, so that a handler's `except Exception` around a
    step cannot swallow it and go on with its effects.
    """


class Unavailable(Exception):
    """The table or the bucket does not answer; the same call may succeed later."""


class DoesNotFit(Exception):
    """The store cannot hold this value, for its size or because it is not JSON."""


class Unidentified(Exception):
    """The request does not say whose it is: refuse it."""


class Unknown(Exception):
    """For this caller there is no command of that id: answer as if there was none at all."""


def _text(value: object, length: int) -> str:
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - a handler's own class: its name says something, too
        text = type(value).__name__
    # DynamoDB stores UTF-8, which has no lone surrogates.
    return text.encode(errors="replace").decode()[:length]


def _seconds(after: object) -> float | None:
    if isinstance(after, timedelta):
        after = after.total_seconds()
    if isinstance(after, bool) or not isinstance(after, int | float):
        return None
    try:
        seconds = float(after)
    except OverflowError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
