"""Errors, each named after what the one who meets it must do."""

from __future__ import annotations


class CommandError(Exception):
    """A handler's verdict on its command; `message` and `code` are shown to the client."""

    code = "command_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class Rejected(CommandError):
    """This command can never succeed: record it as failed and do not retry."""

    code = "rejected"


class Retryable(CommandError):
    """This attempt failed, another may succeed: try again, in `after` seconds if given."""

    code = "temporary_failure"

    def __init__(
        self, message: str, *, code: str | None = None, after: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.after = after


class SecretUnavailable(Retryable):
    """A secret could not be read: seed it or grant access; the command waits for that."""

    code = "secret_unavailable"


class StepInProgress(Retryable):
    """A step of this name is running in another thread: give concurrent steps different names."""

    code = "step_in_progress"

    def __init__(self, name: str) -> None:
        super().__init__(f"The step {name} is running already.")


class LeaseLost(Exception):
    """Another attempt has taken the command over: drop this attempt's outcome."""


class DoesNotFit(Exception):
    """The store cannot hold this value, for its size or because it is not JSON."""


class Unidentified(Exception):
    """The request does not say whose it is: refuse it."""


class Unknown(Exception):
    """For this caller there is no command of that id: answer as if there was none at all."""
