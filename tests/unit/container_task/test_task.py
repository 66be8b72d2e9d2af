"""The container task, from a report that is refused to one that completes its command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import container_task
from command_client import Reporter, Unreachable
from command_client.transport import Answer
from container_task import task
from container_task.ending import Interrupted
from tests.unit.command_client.test_submission import Api

SRC = Path(container_task.__file__).parents[1]
ASKED: task.Input = {"perDay": 40, "days": 30, "runs": 250}
ENVIRONMENT = {
    "COMMAND_ID": "c-1",
    "COMMAND_TOKEN": "t-0ken",
    "COMMAND_INPUT": json.dumps(ASKED),
    "COMMANDS_ENDPOINT": "http://127.0.0.1:9/commands",
    "TASK_SECONDS": "60",
}
GOES_ON = Answer(200, {}, '{"id": "c-1", "status": "PROCESSING"}')
STOPS = Answer(200, {}, '{"id": "c-1", "status": "CANCELLING"}')


def run(api: Api, asked: Any = ASKED) -> int:
    """The exit code of a task that reports to it."""
    reporter = Reporter(
        endpoint="https://api/commands",
        command_id="c-1",
        token="t-0ken",
        send=api.send,
        clock=lambda: api.now,
        sleep=api.sleep,
    )
    return task.main({**ENVIRONMENT, "COMMAND_INPUT": json.dumps(asked)}, reporter)


@pytest.mark.parametrize(("status", "code"), [(401, 0), (409, 0), (403, 1)])
def test_a_task_that_may_not_report_does_no_work(
    monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    """Another attempt has its own: the second start costs a report."""
    monkeypatch.setattr(task, "_units", lambda *_: pytest.fail("it works"))
    api = Api([Answer(status, {}, '{"title": "No", "detail": "It has ended."}')])
    assert run(api) == code
    assert len(api.bodies) == 1


def test_an_api_that_is_gone_ends_the_task() -> None:
    """The deadline of the hand-over does the rest."""
    assert run(Api([Unreachable("reset") for _ in range(100)])) == 1


def test_an_error_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At once, and without what it said, which may be private."""

    def broken(*_: object) -> int:
        raise ValueError("private")

    monkeypatch.setattr(task, "_units", broken)
    api = Api([GOES_ON, GOES_ON])
    assert run(api) == 0
    error = {"code": "simulation_failed", "message": "The simulation has failed."}
    assert api.bodies[1] == {"status": "FAILED", "error": {**error, "retryable": False}}
    assert "private" not in capsys.readouterr().err


def test_a_task_that_ecs_stops_leaves_it_to_the_next_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within the 30 seconds that it has from SIGTERM on."""

    def interrupted(*_: object) -> int:
        raise Interrupted

    monkeypatch.setattr(task, "_units", interrupted)
    api = Api([GOES_ON, GOES_ON])
    assert run(api) == 0
    told: Any = api.bodies[1]
    assert (told["error"]["code"], told["error"]["retryable"]) == ("task_interrupted", True)


def test_a_task_stops_when_a_client_asks_for_it() -> None:
    """The answer to the next report says so."""
    api = Api([STOPS, GOES_ON])
    assert run(api) == 0
    assert api.bodies[1] == {"status": "CANCELLED"}


def test_a_task_reports_its_result() -> None:
    """The same for the same command, so that a repeated attempt agrees with the first one."""
    api, again = Api([GOES_ON, GOES_ON]), Api([GOES_ON, GOES_ON])
    assert run(api) == run(again) == 0
    assert api.bodies == again.bodies
    assert api.bodies[0] == {"progress": {"share": 0.0, "note": "0 of 250 runs"}}
    told: Any = api.bodies[1]
    assert told["status"] == "COMPLETED"
    assert told["result"]["runs"] == 250
    assert told["result"]["expected"] == 1200
    assert 1180 < told["result"]["mean"] < 1220 < told["result"]["p95"] < 1300


def test_progress_costs_a_report_every_five_seconds() -> None:
    """Whatever the steps take; each is a read and a write."""
    shares: list[float] = []
    times = iter(range(1000))

    def report(share: float, _note: str) -> bool:
        shares.append(share)
        return False

    asked: task.Input = {"perDay": 1, "days": 1, "runs": 1000}
    assert task.simulate(asked, "c-1", report, lambda: next(times))
    # A second for each of ten steps, and one for each report.
    assert shares == [0.0, 0.5]


@pytest.mark.parametrize("runs", [1, 19, 20, 100])
def test_a_percentile_is_one_of_the_runs(runs: int) -> None:
    """For any number of them."""
    asked: task.Input = {"perDay": 5, "days": 2, "runs": runs}
    result = task.simulate(asked, "c-1", lambda *_: False)
    assert result is not None
    assert result["p95"] >= 0


def started(**changes: str) -> subprocess.Popen[bytes]:
    """The process of the container; its API is not there, so it tries for a minute."""
    return subprocess.Popen(
        [sys.executable, "-m", "container_task"],
        env={**ENVIRONMENT, "PYTHONPATH": str(SRC), **changes},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_task_ends_when_its_time_is_over() -> None:
    """ECS has no such limit."""
    _, told = started(TASK_SECONDS="0.2").communicate(timeout=30)
    assert b"its time is over" in told


def test_a_task_ends_with_its_input() -> None:
    """Whoever holds the other end of the pipe has ended."""
    process = started(TASK_ENDS_WITH_INPUT="true")
    _, told = process.communicate(timeout=30)
    assert (process.returncode, b"who started it has ended" in told) == (1, True)


def test_a_container_has_no_input() -> None:
    """There it is closed from the start, and says nothing."""
    process = started(TASK_SECONDS="2")
    began = time.monotonic()
    _, told = process.communicate(timeout=30)
    assert time.monotonic() - began > 1
    assert b"its time is over" in told


def test_sigterm_is_heard() -> None:
    """By a handler: the first process of a container ignores signals without one."""
    code = (
        "import os, signal\n"
        "from container_task import ending\n"
        "ending.arrange({'TASK_SECONDS': '30'})\n"
        "try:\n    signal.raise_signal(signal.SIGTERM)\n"
        "except ending.Interrupted:\n    print('heard')\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "heard\n"
    assert signal.getsignal(signal.SIGTERM) is not None
