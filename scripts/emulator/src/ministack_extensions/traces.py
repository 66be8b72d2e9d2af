"""The trace that API Gateway gives to a request which has none.

AWS: "Amazon API Gateway active tracing support for AWS X-Ray" and "X-Ray concepts" for the header.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ministack_extensions.http import Request

HEADER = "x-amzn-trace-id"
_ROOT = re.compile(r"(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)", re.ASCII)


def trace_header(request: Request) -> str:
    """The client's header where it names a trace, or one for a new trace."""
    given = request.header(HEADER) or ""
    if _ROOT.search(given):
        return given
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"


def trace_id(header: str) -> str:
    """The id in such a header."""
    found = _ROOT.search(header)
    return found[1] if found else ""
