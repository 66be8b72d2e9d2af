"""The emulator's log and the functions' logs, line by line."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from scripts.errors import OperatorError
from scripts.stack.clients import lambda_client, logs_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

    from scripts.stack.stack import LocalStack

_POLL_SECONDS = 0.5


def emulator_lines(stack: LocalStack, *, last: int, follow: bool) -> Iterator[str]:
    """The `last` lines of the emulator's log, all with 0; with follow also what comes."""
    if not stack.log_path.exists():
        raise OperatorError("the local stack has no log; start it with: make up")
    with stack.log_path.open(errors="replace") as log:
        yield from (line.rstrip("\n") for line in deque(log, last or None))
        while True:
            yield from (line.rstrip("\n") for line in log)
            if not follow or stack.current() is None:
                return
            time.sleep(_POLL_SECONDS)


def function_lines(stack: LocalStack, name: str, *, last: int, follow: bool) -> Iterator[str]:
    """The `last` lines of a function's CloudWatch log, all with 0; with follow also what comes."""
    if stack.current() is None:
        raise OperatorError("the local stack does not run; start it with: make up")
    _require_function(stack, name)
    logs = logs_client(stack)
    printed: Counter[str] = Counter()
    while True:
        events = _events(logs, f"/aws/lambda/{name}")
        position: Counter[str] = Counter()
        new = []
        for event in events:
            stream = event["logStreamName"]
            position[stream] += 1
            if position[stream] > printed[stream]:
                new.append(event["message"].rstrip("\n"))
        yield from deque(new, None if printed else last or None)
        printed = position
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _require_function(stack: LocalStack, name: str) -> None:
    pages = lambda_client(stack).get_paginator("list_functions").paginate()
    names = [function["FunctionName"] for page in pages for function in page["Functions"]]
    if name not in names:
        known = ", ".join(sorted(names)) or "none; deploy with: make up"
        raise OperatorError(
            f"there is no function {name!r} on the local stack (functions: {known})"
        )


def _events(logs: CloudWatchLogsClient, group: str) -> list[FilteredLogEventTypeDef]:
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        events = [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []  # the function has not run yet
    return sorted(events, key=lambda event: event["timestamp"])
