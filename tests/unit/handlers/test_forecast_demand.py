"""`forecast_demand`: a task is started with the token, on ECS or as a process, or is not."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber

import container_task
from command_api import Rejected, Retryable
from handlers import forecast_demand
from handlers.tasks import ecs, process
from handlers.tasks.task import Task
from tests.builders import fail
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from command_api import JSON
    from tests.unit.attempts import Attempts

ASKED: dict[str, JSON] = {"perDay": 40, "days": 30}
ENDPOINT = "https://api.example.com/commands"
TOKEN = "token-of-the-hand-over"
ARN = "arn:aws:ecs:us-east-1:123456789012"
SRC = Path(container_task.__file__).parents[1]


@pytest.fixture(autouse=True)
def endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has an API to report to."""
    monkeypatch.setenv("TASK_ENDPOINT", ENDPOINT)


@pytest.fixture
def on_ecs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run on ECS."""
    monkeypatch.setenv("TASK_CLUSTER", f"{ARN}:cluster/jobs")
    monkeypatch.setenv("TASK_DEFINITION", f"{ARN}:task-definition/jobs-task:7")
    monkeypatch.setenv("TASK_SUBNETS", "subnet-1a,subnet-2b")
    monkeypatch.setenv("TASK_SECURITY_GROUPS", "sg-3c")


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that a test starts; none is left."""
    yield process._running
    while process._running:
        one = process._running.pop()
        assert one.stdin is not None
        one.stdin.close()
        one.wait(timeout=20)


def task(**changes: Any) -> Task:
    """A task whose API nobody runs."""
    known: dict[str, Any] = {
        "command_id": "c-1",
        "token": TOKEN,
        "endpoint": "http://127.0.0.1:9/commands",
        "input": json.dumps(ASKED),
        "seconds": 30,
    }
    return Task(**{**known, **changes})


@pytest.mark.parametrize("missing", ["TASK_DEFINITION", "TASK_ENDPOINT"])
@pytest.mark.usefixtures("on_ecs")
def test_an_environment_without_tasks_hands_nothing_over(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """A token that nobody has would hold the command until its deadline."""
    monkeypatch.delenv(missing)
    context = attempt()
    with pytest.raises(Rejected) as refusal:
        forecast_demand.handle(ASKED, context)
    assert refusal.value.code == "tasks_not_configured"
    assert context.hand_over(timeout=1) == TOKEN


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("LimitExceededException", 400),
        ("ServerException", 500),
        ("ServiceUnavailable", 503),
        ("SomethingNew", 429),
    ],
)
@pytest.mark.usefixtures("on_ecs")
def test_what_time_can_change_is_tried_again(
    aws: Callable[..., Any], attempt: Attempts, code: str, status: int
) -> None:
    """Later, and the text has no token."""
    with Stubber(aws("ecs")) as stub:
        for _ in range(3):
            stub.add_client_error("run_task", code, f"about {TOKEN}", status)
        with pytest.raises(Retryable) as refusal:
            forecast_demand.handle(ASKED, attempt())
    assert refusal.value.code == "task_not_started"
    assert refusal.value.after is not None
    assert refusal.value.after >= 30
    assert TOKEN not in refusal.value.message


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ClusterNotFoundException", "ConflictException"]
)
@pytest.mark.usefixtures("on_ecs")
def test_what_an_operator_must_change_is_an_unexpected_error(
    aws: Callable[..., Any], attempt: Attempts, code: str
) -> None:
    """It is in the log, and the command waits for a redrive."""
    with Stubber(aws("ecs")) as stub:
        stub.add_client_error("run_task", code, http_status_code=400)
        with pytest.raises(ClientError):
            forecast_demand.handle(ASKED, attempt())


@pytest.mark.parametrize(
    ("failures", "reason"),
    [([{"reason": "Capacity is unavailable at this time."}], "Capacity"), ([], "no reason")],
)
@pytest.mark.usefixtures("on_ecs")
def test_an_answer_without_a_task_is_a_failure(
    aws: Callable[..., Any], attempt: Attempts, failures: list[dict[str, str]], reason: str
) -> None:
    """ECS answers 200 where it has no room."""
    with Stubber(aws("ecs")) as stub:
        stub.add_response("run_task", {"tasks": [], "failures": failures})
        with pytest.raises(Retryable, match=reason):
            forecast_demand.handle(ASKED, attempt())


@pytest.mark.usefixtures("on_ecs")
def test_an_input_that_ecs_does_not_take_is_rejected(
    aws: Callable[..., Any], attempt: Attempts
) -> None:
    """Before ECS is asked: overrides have 8,192 characters."""
    with Stubber(aws("ecs")), pytest.raises(Rejected) as refusal:
        forecast_demand.handle({"note": "x" * 9000}, attempt())
    assert refusal.value.code == "input_too_long"


@pytest.mark.usefixtures("on_ecs")
def test_a_lost_answer_is_asked_for_with_the_same_client_token(
    aws: Callable[..., Any], attempt: Attempts
) -> None:
    """So that ECS starts one task for a hand-over."""
    sent: list[dict[str, Any]] = []

    def lose(request: Any, **_: object) -> None:
        sent.append(json.loads(request.body))
        fail(ReadTimeoutError(endpoint_url="https://ecs"))

    aws("ecs").meta.events.register_first("before-send.ecs", lose)
    with pytest.raises(Retryable) as refusal:
        forecast_demand.handle(ASKED, attempt())
    assert refusal.value.code == "task_not_started"
    assert len(sent) > 1
    assert {it["clientToken"] for it in sent} == {ecs.client_token(task())}


def test_two_hand_overs_are_two_tasks() -> None:
    """The first one's token has ended, and ECS refuses a client token with other parameters."""
    tokens = {
        ecs.client_token(one) for one in (task(), task(token="other"), task(command_id="c-2"))
    }
    assert len(tokens) == 3
    assert all(len(it) <= 64 and TOKEN not in it for it in tokens)


@pytest.mark.usefixtures("on_ecs")
def test_the_task_gets_the_token_and_the_input(
    aws: Callable[..., Any], attempt: Attempts, caplog: pytest.LogCaptureFixture
) -> None:
    """By its environment, in the network of the environment; the log has neither."""
    environment = {**task(endpoint=ENDPOINT, seconds=600).environment}
    environment["COMMAND_INPUT"] = '{"perDay":40,"days":30}'
    expected = {
        "cluster": f"{ARN}:cluster/jobs",
        "taskDefinition": f"{ARN}:task-definition/jobs-task:7",
        "launchType": "FARGATE",
        "count": 1,
        "clientToken": ecs.client_token(task()),
        "startedBy": "c-1",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1a", "subnet-2b"],
                "securityGroups": ["sg-3c"],
                "assignPublicIp": "DISABLED",
            }
        },
        "overrides": {
            "containerOverrides": [
                {
                    "name": "task",
                    "environment": [{"name": k, "value": v} for k, v in environment.items()],
                }
            ]
        },
    }
    with Stubber(aws("ecs")) as stub, caplog.at_level(logging.INFO):
        stub.add_response("run_task", {"tasks": [{"taskArn": f"{ARN}:task/7"}]}, expected)
        assert forecast_demand.handle(ASKED, attempt()) is None
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert f"{ARN}:task/7" in logged
    assert TOKEN not in logged
    assert "perDay" not in logged


def test_the_name_of_a_task_is_one_that_ecs_takes() -> None:
    """Ids have dots, colons and equals signs, which `startedBy` has not."""
    assert ecs.started_by(task(command_id="a.b:c=d-e_1")) == "a_b_c_d-e_1"
    assert len(ecs.started_by(task(command_id="x" * 200))) == 128


def test_a_task_does_not_show_its_token() -> None:
    """Not in a traceback either."""
    assert TOKEN not in repr(task())
    assert "perDay" not in repr(task())


def test_a_process_is_started_on_the_local_stack_only(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a function of AWS the folder is missing."""
    monkeypatch.setenv("TASK_SOURCE", str(tmp_path))
    with pytest.raises(Rejected) as refusal:
        forecast_demand.handle(ASKED, attempt())
    assert refusal.value.code == "tasks_not_configured"


def test_a_process_gets_the_task_and_nothing_else(
    attempt: Attempts,
    monkeypatch: pytest.MonkeyPatch,
    running: list[subprocess.Popen[bytes]],
) -> None:
    """Not the role of the function, and not the pipes by which the emulator speaks to it."""
    monkeypatch.setenv("TASK_SOURCE", str(SRC))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    asked: list[tuple[list[str], dict[str, Any]]] = []
    popen = subprocess.Popen

    def spawn(command: list[str], **named: Any) -> subprocess.Popen[bytes]:
        asked.append((command, named))
        return popen([sys.executable, "-c", "input()"], stdin=named["stdin"])

    monkeypatch.setattr(subprocess, "Popen", spawn)
    assert forecast_demand.handle(ASKED, attempt()) is None
    [(command, named)] = asked
    assert command == [sys.executable, "-m", "container_task"]
    known = {"TASK_ENDS_WITH_INPUT": "true", "PYTHONPATH": str(SRC)}
    task_environment = {**task(endpoint=ENDPOINT, seconds=600).environment}
    task_environment["COMMAND_INPUT"] = '{"perDay":40,"days":30}'
    assert named["env"] == {**task_environment, **known}
    assert named["stdin"] == subprocess.PIPE
    assert named["stdout"] == subprocess.DEVNULL
    assert len(running) == 1


def test_a_laptop_runs_a_few_tasks(running: list[subprocess.Popen[bytes]]) -> None:
    """The next one waits until one has ended."""
    for _ in range(process.MOST):
        process.start(task(), str(SRC))
    with pytest.raises(Retryable) as refusal:
        process.start(task(), str(SRC))
    assert refusal.value.code == "task_not_started"
    running[0].kill()
    running[0].wait(timeout=20)
    process.start(task(), str(SRC))


def test_a_task_does_not_outlive_the_function_that_started_it() -> None:
    """Not even where that is killed: no code of it runs then."""
    code = f"""
import time
from tests.unit.handlers.test_forecast_demand import task
from handlers.tasks import process
print(process.start(task(), {str(SRC)!r}), flush=True)
time.sleep(60)
"""
    function = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        cwd=SRC.parent,
        env={**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{SRC.parent}"},
    )
    try:
        assert function.stdout is not None
        pid = int(function.stdout.readline().split()[1])
        assert alive(pid)
    finally:
        function.send_signal(signal.SIGKILL)
        function.communicate(timeout=20)
    eventually(lambda: not alive(pid), seconds=20)


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()[:1] not in ("", "Z")
