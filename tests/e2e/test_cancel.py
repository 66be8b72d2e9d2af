"""Commands taken back, seen through HTTP only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment


def test_an_id_that_cannot_be_is_not_cancelled(environment: Environment) -> None:
    """404, and no record is made of it."""
    answer = environment.api.cancel("a b;c")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_has_ended_cannot_be_cancelled(environment: Environment) -> None:
    """409 with what became of the command, which stays as it is."""
    command_id = environment.api.submit("echo", {"n": 1})
    before = environment.ended(command_id)
    answer = environment.api.cancel(command_id)
    assert (answer.status, answer.json()["commandStatus"]) == (409, "COMPLETED")
    assert environment.api.get(command_id).json() == before


def test_what_runs_cannot_be_cancelled(environment: Environment) -> None:
    """409 while it runs, and it runs to its end."""
    command_id = environment.api.submit("demo", {"sleep_seconds": 2})
    eventually(lambda: "PROCESSING" in environment.api.get(command_id).body)
    answer = environment.api.cancel(command_id)
    assert (answer.status, answer.json()["commandStatus"]) == (409, "PROCESSING")
    assert environment.ended(command_id)["status"] == "COMPLETED"


def test_a_command_that_is_still_queued_never_runs(environment: Environment) -> None:
    """The message finds its command cancelled, and is dropped without a dead-letter message."""
    command_id, dead = f"cancelled-{uuid4().hex}", environment.depth("sqs_dlq_url")
    assert environment.api.cancel(command_id).status == 200
    environment.api.submit("demo", {"fail_attempts": 99}, command_id)
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    shown = environment.ended(command_id)
    assert (shown["status"], shown["attempts"]) == ("CANCELLED", 0)
    assert environment.api.cancel(command_id).json() == shown
    assert environment.depth("sqs_dlq_url") == dead


def test_a_command_between_two_attempts_gets_no_further_one(environment: Environment) -> None:
    """Whoever has failed once and waits can be taken back."""
    command_id = environment.api.submit("demo", {"fail_attempts": 99})
    eventually(lambda: '"PENDING"' in environment.api.get(command_id).body)
    eventually(lambda: environment.api.cancel(command_id).status == 200)
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    shown = environment.ended(command_id)
    assert shown["status"] == "CANCELLED"
    assert "error" not in shown
