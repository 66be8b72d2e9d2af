"""Which errors of AWS may be gone the next time: connections, throttling, trouble of a server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions

from command_api.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVER_ERROR = 500
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


@contextmanager
def unavailable() -> Iterator[None]:
    """Let a call that may succeed later raise Unavailable; any other error is raised as it is."""
    try:
        yield
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Unavailable(type(error).__name__) from error
    except exceptions.ClientError as error:
        if not may_pass(error):
            raise
        raise Unavailable(error.response["Error"]["Code"]) from error


def may_pass(error: exceptions.ClientError) -> bool:
    """Whether the same call may succeed later."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _SERVER_ERROR or error.response["Error"]["Code"] in _THROTTLED
