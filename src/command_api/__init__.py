"""The framework of the asynchronous API: the lifecycle of a command of any type.

What a handler needs is here: `from command_api import JSON, Context, Rejected, Retryable`.
"""

from command_api.domain.context import (
    BatchHandler,
    Context,
    Handler,
    Handlers,
    Outcome,
    Registered,
)
from command_api.domain.errors import Cancelled, ConditionFailed, Continue, Rejected, Retryable
from command_api.domain.model import JSON

__all__ = [
    "JSON",
    "BatchHandler",
    "Cancelled",
    "ConditionFailed",
    "Context",
    "Continue",
    "Handler",
    "Handlers",
    "Outcome",
    "Registered",
    "Rejected",
    "Retryable",
]
