"""Cold imports: what a new worker process costs before its first message.

As on Lambda: the zip's files come without bytecode, the runtime's own boto3 with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from scripts.errors import OperatorError
from tests.bench.workers import environment, product, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.workers import Worker

BASELINE = "import boto3; boto3.client('dynamodb')"
_TIMED = """
import sys, time
sys.path[:0] = sys.argv[1:]
begun = time.process_time()
{code}
print(time.process_time() - begun, file=sys.stderr)
"""


def cold_imports(workers: Sequence[Worker], *, rounds: int = 9) -> dict[str, float]:
    """Each worker's import relative to the baseline's: the median of fresh interpreters.

    CPU time, since other programs on the machine do not count; each round compares with its own
    baseline.
    """
    with tempfile.TemporaryDirectory() as scratch:
        homes = {
            worker.name: unpack(product(worker), Path(scratch, str(number)))
            for number, worker in enumerate(workers)
        }
        ratios: dict[str, list[float]] = {worker.name: [] for worker in workers}
        for turn in range(rounds + 1):
            baseline = _seconds(BASELINE, Path(scratch))
            for worker in workers:
                seconds = _seconds(f"import {worker.module}", homes[worker.name])
                if turn:  # the first one warms the disk's cache
                    ratios[worker.name].append(seconds / baseline)
    return {name: median(found) for name, found in ratios.items()}


def function_environ(table: str, queue_url: str, extra: Mapping[str, str]) -> dict[str, str]:
    """What a function's process sees: nothing of the user's own AWS settings."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        **environment(table, queue_url),
        **extra,
    }


def _seconds(code: str, home: Path) -> float:
    child = subprocess.run(
        [sys.executable, "-B", "-c", _TIMED.format(code=code), str(home)],
        env=function_environ("commands", "http://127.0.0.1/queue", {}),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        last = child.stderr.strip().splitlines()[-1]
        raise OperatorError(f"a fresh interpreter could not run {code!r}: {last}")
    return float(child.stderr.split()[-1])
