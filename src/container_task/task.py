"""Simulate the demand for a product in steps, and report on the command that asks for it."""

from __future__ import annotations

import json
import random
import sys
import time
from typing import TYPE_CHECKING, TypedDict

from command_client import Refused, Reporter, Unreachable
from container_task.ending import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Runs of a step, and seconds between reports: each is a read and a write.
STEP, INTERVAL_SECONDS = 100, 5.0
_ENDED = {401, 409}


class _Needed(TypedDict):
    perDay: float
    days: int


class Input(_Needed, total=False):
    """What forecast_demand.schema.json has let through."""

    runs: int


def main(environ: Mapping[str, str], reporter: Reporter | None = None) -> int:
    """Do the work that the environment names, report its outcome, and return the exit code."""
    command_id = environ["COMMAND_ID"]
    reporter = reporter or Reporter(
        endpoint=environ["COMMANDS_ENDPOINT"],
        command_id=command_id,
        token=environ["COMMAND_TOKEN"],
    )
    try:
        try:
            _work(json.loads(environ["COMMAND_INPUT"]), command_id, reporter)
        except Interrupted:
            reporter.fail("task_interrupted", "The task was stopped from outside.", retryable=True)
    except Refused as refused:
        # Another attempt has its own task, or the deadline has passed: this work is nobody's.
        print(f"task ended: the report was refused ({refused.status})", file=sys.stderr)
        return 0 if refused.status in _ENDED else 1
    except Unreachable:
        print("task ended: the API cannot be reached", file=sys.stderr)
        return 1
    return 0


def _work(asked: Input, command_id: str, reporter: Reporter) -> None:
    try:
        result = simulate(asked, command_id, reporter.progress)
    except (Interrupted, Refused, Unreachable):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the command is told
        print(f"simulation failed: {type(error).__name__}", file=sys.stderr)
        reporter.fail("simulation_failed", "The simulation has failed.")
    else:
        if result is None:
            reporter.stopped()
        else:
            reporter.complete(result)


def simulate(
    asked: Input,
    seed: str,
    report: Callable[[float, str], bool],
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, float] | None:
    """The mean and the 95th percentile of the units sold; None where it was asked to stop.

    The same seed gives the same result. It reports before it begins, so that a task that may not
    report does no work.
    """
    numbers = random.Random(seed)  # noqa: S311 - a simulation
    runs, expected = asked.get("runs", 1000), asked["perDay"] * asked["days"]
    sold: list[float] = []
    due = clock()
    while len(sold) < runs:
        if clock() >= due:
            if report(len(sold) / runs, f"{len(sold):,} of {runs:,} runs"):
                return None
            due = clock() + INTERVAL_SECONDS
        sold.extend(_units(asked, numbers) for _ in range(min(STEP, runs - len(sold))))
    sold.sort()
    return {
        "expected": round(expected, 1),
        "mean": round(sum(sold) / runs, 1),
        "p95": sold[max(0, -(-95 * runs // 100) - 1)],
        "runs": runs,
    }


def _units(asked: Input, numbers: random.Random) -> int:
    """Units sold in all the days, each of which sells about as many as the average one."""
    mean = asked["perDay"]
    return sum(max(0, round(numbers.gauss(mean, mean**0.5))) for _ in range(asked["days"]))
