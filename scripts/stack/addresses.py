"""URLs of REST APIs and CloudFront distributions as this machine reaches them.

The emulator tells Terraform where an HTTP API is. The URL of a REST API's stage is made up by the
provider itself, with AWS's host in it, and a distribution's name must be AWS's where APIs are told
which origin to let in. So both are translated where outputs are read.
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

T = TypeVar("T")
_API = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")
_PAGE = re.compile(r"https://([a-z0-9]+)\.cloudfront\.net\b")


def reachable(value: T, endpoint: str) -> T:
    """The value with APIs as paths below the stack's endpoint, and pages as names on its port.

    Browsers find names below localhost without DNS; see emulator/cloudfront/names.py.
    """
    if isinstance(value, str):
        port = endpoint.rpartition(":")[2]
        with_apis = _API.sub(rf"{endpoint}/_aws/execute-api/\1", value)
        return cast("T", _PAGE.sub(rf"http://\1.cloudfront.localhost:{port}", with_apis))
    if isinstance(value, list):
        return cast("T", [reachable(one, endpoint) for one in value])
    if isinstance(value, dict):
        return cast("T", {key: reachable(one, endpoint) for key, one in value.items()})
    return value
