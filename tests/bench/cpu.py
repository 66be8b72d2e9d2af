"""CPU per message, in process, relative to one DynamoDB write whose answer is at hand.

The worker handles one batch against the local stack first; its answers are then replayed, so that
what is measured is the worker and botocore, not the network and not the emulator.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.errors import OperatorError
from tests.bench.imports import function_environ
from tests.bench.workers import HERE, measured, unpack

if TYPE_CHECKING:
    from tests.bench.stage import Stage
    from tests.bench.workers import Worker


def cpu_per_message(worker: Worker, stage: Stage) -> float:
    """The CPU time of one message, in stubbed writes."""
    queue = stage.aws.queue()
    with tempfile.TemporaryDirectory() as scratch:
        files = measured(worker)
        child_file = HERE / "cpu_child.py"
        files = {**files, "tests/bench/cpu_child.py": child_file.read_bytes()}
        home = unpack(files, Path(scratch))
        child = subprocess.run(
            [sys.executable, str(home / "tests" / "bench" / "cpu_child.py"), worker.handler],
            env=function_environ(
                stage.table(),
                queue.url,
                {"PYTHONPATH": str(home), "AWS_ENDPOINT_URL": stage.stack.endpoint},
            ),
            cwd=home,
            # What a worker logs costs it the formatting, not this terminal.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if child.returncode:
        last = child.stderr.strip().splitlines()[-1]
        raise OperatorError(f"{worker.name} could not run by itself: {last}")
    return float(child.stderr.split()[-1])
