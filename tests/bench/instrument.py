"""Goes into every measured zip: runs the worker's handler and notes what one invocation took.

`BENCH_HANDLER` names the handler, `BENCH_REFUSED` the share of DynamoDB's HTTP attempts that are
throttled before they leave the process. Each invocation prints one line that begins with `BENCH `,
which Lambda puts into the function's log.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import botocore.handlers

PREFIX = "BENCH "

_calls: Counter[str] = Counter()
_lock = threading.Lock()


def _count(event_name: str, **_details: object) -> None:
    # "before-send.dynamodb.UpdateItem": once for every HTTP request, so retries count too.
    with _lock:
        _calls[event_name.removeprefix("before-send.")] += 1


# Every client that botocore makes from here on begins with these handlers.
botocore.handlers.BUILTIN_HANDLERS.append(("before-send", _count))

if refused := float(os.environ.get("BENCH_REFUSED", "0")):
    # Below the count: a refused attempt is a request that was made.
    from tests.http_faults import Fault, install

    install(lambda _: Fault.THROTTLED if random.random() < refused else None)  # noqa: S311

_module, _, _name = os.environ["BENCH_HANDLER"].rpartition(".")
_handler: Any = getattr(importlib.import_module(_module), _name)


def handler(event: dict[str, Any], context: object) -> object:
    """Invoke the worker as Lambda would."""
    begun, clock = time.time(), time.perf_counter()
    answer = _handler(event, context)
    seconds = time.perf_counter() - clock
    with _lock:
        calls = dict(_calls)
        _calls.clear()
    note = {
        "begun": begun,
        "seconds": seconds,
        "messages": len(event["Records"]),
        "returned": len((answer or {}).get("batchItemFailures", [])),
        "calls": calls,
        "peak_mb": _peak_megabytes(),
    }
    print(PREFIX + json.dumps(note), flush=True)
    return answer


def _peak_megabytes() -> float:
    # Linux keeps a parent's peak in ru_maxrss across exec; VmHWM is this program's own.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
