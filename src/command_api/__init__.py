"""The framework of the asynchronous API: the lifecycle of a command of any type.

What a handler needs is here: `from command_api import JSON, Context, Rejected, Retryable`.
"""

from command_api.domain.context import Context, Handler, Handlers, Registered
from command_api.domain.errors import Cancelled, ConditionFailed, Continue, Rejected, Retryable
from command_api.domain.model import JSON

__all__ = [
    "JSON",
    "Cancelled",
    "ConditionFailed",
    "Context",
    "Continue",
    "Handler",
    "Handlers",
    "Registered",
    "Rejected",
    "Retryable",
]
