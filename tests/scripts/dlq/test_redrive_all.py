"""`redrive` of everything: SQS's own task, started once, followed, ended."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from scripts.dlq.redrive import MoveTask
from scripts.interrupts import GracefulShutdown
from tests.scripts.dlq.world import Result, World, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]

ALL = ("redrive", "--apply")


class Tasks:
    """One queue's message move tasks, which moto does not have; each look finds the next state."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = list(states)
        self.started: list[dict[str, Any]] = []
        self.cancelled: list[str] = []

    def list_message_move_tasks(self, **_: Any) -> Any:
        """The last state stays."""
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"Results": [state] if state else []}

    def start_message_move_task(self, **arguments: Any) -> Any:
        """Note how."""
        self.started.append(arguments)
        return {"TaskHandle": "h"}

    def cancel_message_move_task(self, **arguments: Any) -> Any:
        """Note which."""
        self.cancelled.append(arguments["TaskHandle"])
        return {}


def state(status: str, moved: int = 0, started: int = 7, **more: Any) -> dict[str, Any]:
    """A task as SQS lists it."""
    handle = {"TaskHandle": "h"} if status == "RUNNING" else {}
    return {
        "Status": status,
        "ApproximateNumberOfMessagesMoved": moved,
        "StartedTimestamp": started,
        **handle,
        **more,
    }


@pytest.fixture
def tasks(world: World, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """No task so far; then one that moves two messages."""
    tasks = Tasks({}, state("RUNNING"), state("RUNNING", 1), state("COMPLETED", 2))
    for name in ("list", "start", "cancel"):
        operation = f"{name}_message_move_task" + ("s" if name == "list" else "")
        monkeypatch.setattr(world.sqs, operation, getattr(tasks, operation), raising=False)
    return tasks


def test_a_task_that_fails_says_why(tasks: Tasks, run: Run) -> None:
    """With what it has moved."""
    tasks.states[2:] = [state("FAILED", 1, FailureReason="AWS.SimpleQueueService.AccessDenied")]
    line = run(*ALL).line
    assert "ended the redrive after about 1 messages (AWS.SimpleQueueService.AccessDenied)" in line


@pytest.mark.usefixtures("tasks")
def test_a_refused_start_is_one_line(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Access denied, for example."""
    error = refusal("AccessDenied", "StartMessageMoveTask")

    def denied(**_: Any) -> Any:
        raise error

    monkeypatch.setattr(world.sqs, "start_message_move_task", denied)
    assert "access denied to StartMessageMoveTask" in run(*ALL).line


def test_a_task_that_is_never_listed_is_an_error(tasks: Tasks, run: Run) -> None:
    """An earlier one is not taken for it."""
    tasks.states = [state("COMPLETED", 9, started=3)]
    assert "SQS does not list the redrive that was started" in run(*ALL).line
    assert len(tasks.started) == 1


def test_it_names_both_queues_and_the_rate(world: World, tasks: Tasks, run: Run) -> None:
    """Messages that the worker has put there do not know where they came from."""
    world.both("c-1", "c-2")
    result = run(*ALL, "--rate", "50")
    assert result.code == 0, result.err
    assert tasks.started == [
        {
            "SourceArn": "arn:aws:sqs:us-east-1:123456789012:work-dlq",
            "DestinationArn": "arn:aws:sqs:us-east-1:123456789012:work",
            "MaxNumberOfMessagesPerSecond": 50,
        }
    ]
    assert "redrove about 2 messages" in result.err
    assert "about 2 are still in work-dlq" in result.err


def test_nothing_is_received_or_written(world: World, tasks: Tasks, run: Run) -> None:
    """The quick way for very many messages."""
    world.both("c-1")
    assert run(*ALL).code == 0
    assert world.dynamodb.calls == []
    assert "receive_message" not in world.sqs.names()
    assert len(tasks.started) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["seen", "answer lost"])
def test_a_task_that_runs_already_is_followed(
    world: World, tasks: Tasks, run: Run, monkeypatch: pytest.MonkeyPatch, *, lost: bool
) -> None:
    """Whoever started it: a run that was killed, or a request whose answer got lost."""
    tasks.states = [*([{}] if lost else []), state("RUNNING"), state("COMPLETED", 2)]
    words = "There is already a task running. Only one active task is allowed"
    error = refusal("InvalidParameterValue", "StartMessageMoveTask", words)

    def refused(**_: Any) -> Any:
        raise error

    monkeypatch.setattr(world.sqs, "start_message_move_task", refused)
    result = run(*ALL)
    assert result.code == 0, result.err
    assert "already running; following it" in result.err


def test_ctrl_c_ends_the_task(
    world: World, tasks: Tasks, run: Run, press: Callable[[int], None]
) -> None:
    """And waits until it has ended."""
    tasks.states = [{}, state("RUNNING", 1), state("CANCELLING", 1), state("CANCELLED", 1)]
    listed = tasks.list_message_move_tasks

    def interrupted(**arguments: Any) -> Any:
        if len(tasks.states) == 3:
            press(signal.SIGINT)
        return listed(**arguments)

    world.sqs.__dict__["list_message_move_tasks"] = interrupted
    result = run(*ALL)
    assert result.code == 130
    assert tasks.cancelled == ["h"]
    assert "interrupted; no message is lost" in result.err


def test_a_task_that_ended_before_it_could_be_ended_is_no_error(world: World) -> None:
    """The next look shows what came of it."""
    error = refusal("UnsupportedOperation", "CancelMessageMoveTask")
    world.sqs.steps["cancel_message_move_task"] = [error]
    task = MoveTask(world.sqs, "a", "b", GracefulShutdown())  # type: ignore[arg-type]
    task._cancel({"TaskHandle": "h"})


def test_a_fifo_queue_is_moved_by_sqs_too(
    fifo: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows ten messages of a group at most, so that only SQS reaches the rest."""
    tasks = Tasks({}, state("COMPLETED", 2))
    for name in ("list_message_move_tasks", "start_message_move_task"):
        monkeypatch.setattr(fifo.sqs, name, getattr(tasks, name), raising=False)
    fifo.both("a-1", "a-2", group="a")
    assert run(*ALL).code == 0
    assert [one["DestinationArn"].rpartition(":")[2] for one in tasks.started] == ["work.fifo"]
    assert "receive_message" not in fifo.sqs.names()
