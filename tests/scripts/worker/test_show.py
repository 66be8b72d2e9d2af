"""What the operator reads: the state, the queue, what happens to messages, what an apply does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scripts.worker import __main__ as tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.worker.cloud import FakeLambda, FakeQueue
    from tests.scripts.worker.conftest import Result

    Run = Callable[..., Result]


def lines(result: Result) -> dict[str, str]:
    """The lines by what they are about."""
    assert result.code == 0, result
    return dict(line.split(": ", 1) for line in result.out.splitlines())


def test_a_running_worker(run: Run, aws: FakeLambda) -> None:
    """Looking changes nothing."""
    shown = lines(run("show"))
    assert shown["state"] == (
        "acme-dev-worker receives from acme-dev-work-queue; at most 10 batches"
    )
    assert shown["queue"].startswith("12 waiting, 3 in flight (")
    assert shown["queue"].endswith("1 delayed")
    assert "RESUMES" not in shown["next apply"]
    assert aws.updates == []


def test_a_paused_worker(run: Run, aws: FakeLambda) -> None:
    """Until when messages last, and that an apply resumes it."""
    aws.state = "Disabled"
    until = datetime.now(UTC) + timedelta(days=4)
    shown = lines(run("show"))
    assert "is paused" in shown["state"]
    assert "running batches finish" in shown["meanwhile"]
    assert "SQS deletes messages 4 days after they were sent" in shown["meanwhile"]
    assert f"Messages sent now are kept until {until:%Y-%m-%d %H:}" in shown["meanwhile"]
    assert shown["next apply"] == (
        "terraform apply, or make up, RESUMES the worker (to keep it paused, first set worker ="
        " { enabled = false } in terraform.tfvars) and sets the cap to worker_max_concurrency"
        " (to keep 10, set it in terraform.tfvars first), even if nothing else changed"
    )


def test_a_drained_worker(run: Run, aws: FakeLambda, queue: FakeQueue) -> None:
    """Paused, and nothing in flight any more."""
    aws.state, queue.in_flight = "Disabled", 0
    assert "nothing is in flight" in lines(run("show"))["meanwhile"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, "1 minute"), (5400, "90 minutes"), (7200, "2 hours"), (61, "61 s")]
)
def test_retention_in_words(seconds: int, words: str, run: Run, queue: FakeQueue) -> None:
    """Exactly."""
    queue.retention = seconds
    assert f"deletes messages {words}" in lines(run("show"))["meanwhile"]


def test_a_worker_without_cap_of_its_own(run: Run, aws: FakeLambda) -> None:
    """Somebody took it away."""
    aws.cap = None
    shown = lines(run("show"))
    assert "no limit on concurrent batches" in shown["state"]
    assert "to keep" not in shown["next apply"]


def test_a_worker_on_its_way_and_why(run: Run, aws: FakeLambda) -> None:
    """AWS's own words, where they are more than that somebody asked for it."""
    aws.state, aws.reason = "Disabling", "PROBLEM: no such queue"
    shown = lines(run("show"))
    assert "is Disabling" in shown["state"]
    assert shown["state"].endswith("(AWS: PROBLEM: no such queue)")


@pytest.mark.parametrize("name", tool.worker.commands)
def test_every_subcommand_has_its_help(name: str, run: Run) -> None:
    """And says how to name the environment."""
    result = run(name, "--help")
    assert result.code == 0
    assert "--env" in result.out


@pytest.mark.parametrize("variables", [None, {}, {"PAUSED_TYPES": ""}])
def test_no_type_is_paused(variables: dict[str, str] | None, run: Run, aws: FakeLambda) -> None:
    """What would pause one is said all the same."""
    aws.variables = variables
    assert lines(run("show"))["types"].startswith("none paused")


def test_paused_types(run: Run, aws: FakeLambda) -> None:
    """By name, and what ends it."""
    aws.variables = {"PAUSED_TYPES": "echo,send_email"}
    assert lines(run("show"))["types"] == (
        "echo, send_email: paused; to resume, remove it from worker.paused_types and apply"
    )


def test_who_may_not_read_the_function_may_still_switch(run: Run, aws: FakeLambda) -> None:
    """The permission is a new one, and an incident no time to miss it."""
    aws.refuses = True
    shown = lines(run("pause"))
    assert "is paused" in shown["state"]
    assert shown["types"] == (
        "unknown: lambda:GetFunctionConfiguration failed with AccessDeniedException"
    )
    assert shown["account"] == (
        "unknown: lambda:GetAccountSettings failed with AccessDeniedException"
    )


@pytest.mark.parametrize("cap", [10, None])
def test_a_new_account_has_no_room_for_the_api(cap: int | None, run: Run, aws: FakeLambda) -> None:
    """New accounts run ten functions at a time, and the worker would take them all."""
    aws.cap, aws.account_limit = cap, 10
    shown = lines(run("show"))
    assert shown["account"].startswith("10 concurrent executions, which the worker may use up")
    assert "Lower worker_max_concurrency below 10" in shown["account"]


def test_an_account_with_room_for_the_api(run: Run) -> None:
    """Nothing is to be done."""
    assert lines(run("show"))["account"] == (
        "1000 concurrent executions, shared with other functions"
    )
