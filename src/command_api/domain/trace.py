"""The trace that a request belongs to, as AWS writes it into a header.

https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from __future__ import annotations

import re
from functools import cache

# SQS's own name for it, which is also what it is called in a record.
TRACE_ATTRIBUTE = "AWSTraceHeader"


def trace_id(header: str) -> str:
    """The id of the trace, as X-Ray is asked for it; empty where the text is no such header."""
    found = _pattern().fullmatch(header) if header else None
    return found[1] if found else ""


@cache
def _pattern() -> re.Pattern[str]:
    # Where there are no traces, no cold start pays for it.
    part = r"[A-Za-z]{1,32}=[A-Za-z0-9:|.?_-]{1,200}"
    root = r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})"
    return re.compile(rf"(?:{part};){{0,4}}{root}(?:;{part}){{0,8}}", re.ASCII)
