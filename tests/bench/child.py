"""One figure of a worker, measured in a process of its own: its zip, and a script beside it."""

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


def figure(worker: Worker, stage: Stage, table: str, script: str, *arguments: str) -> float:
    """Run `script` of this folder with the worker's handler and the arguments.

    The figure is the last word on its standard error.
    """
    ours = {f"tests/bench/{name}": (HERE / name).read_bytes() for name in (script, "events.py")}
    with tempfile.TemporaryDirectory() as scratch:
        home = unpack({**measured(worker), **ours}, Path(scratch))
        child = subprocess.run(
            [sys.executable, str(home / "tests" / "bench" / script), worker.handler, *arguments],
            env=function_environ(
                table,
                stage.aws.queue().url,
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
