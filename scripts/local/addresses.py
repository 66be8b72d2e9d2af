"""URLs of REST APIs as this machine reaches them.

The emulator tells Terraform where an HTTP API is. The URL of a REST API's stage is made up by the
provider itself, with AWS's host in it, so it is translated where outputs are read.
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

T = TypeVar("T")
_HOST = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


def reachable(value: T, endpoint: str) -> T:
    """The value with the hosts of all APIs in it replaced by paths below the stack's endpoint."""
    if isinstance(value, str):
        return cast("T", _HOST.sub(rf"{endpoint}/_aws/execute-api/\1", value))
    if isinstance(value, list):
        return cast("T", [reachable(one, endpoint) for one in value])
    if isinstance(value, dict):
        return cast("T", {key: reachable(one, endpoint) for key, one in value.items()})
    return value
