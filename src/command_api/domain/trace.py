"""The trace that a request belongs to, as AWS writes it into a header.

https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from __future__ import annotations

import re

# SQS's own name for it, which is also what it is called in a record.
TRACE_ATTRIBUTE = "AWSTraceHeader"
_PART = r"[A-Za-z]{1,32}=[A-Za-z0-9:|.?_-]{1,200}"
_HEADER = re.compile(
    rf"(?:{_PART};){{0,4}}Root=(1-[0-9a-f]{{8}}-[0-9a-f]{{24}})(?:;{_PART}){{0,8}}", re.ASCII
)


def trace_id(header: str) -> str:
    """The id of the trace, as X-Ray is asked for it; empty where the text is no such header."""
    found = _HEADER.fullmatch(header)
    return found[1] if found else ""
