"""What the worker says in numbers, and how CloudWatch reads it out of the log."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.cloudwatch.metrics import embedded_metrics
from command_api.domain.errors import Rejected, Retryable, SecretUnavailable
from command_api.domain.retry import RetryPolicy
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.builders import NOW, SECOND, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue, InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.context import Context
    from command_api.domain.model import JSON

SENT = NOW - 4 * SECOND


@dataclass
class Worker:
    """A worker whose handler takes two seconds and then raises what it is given, or returns."""

    raises: Exception | None = None
    attempts: int = 3
    now: Any = NOW
    noted: list[tuple[str, str, dict[str, float]]] = field(default_factory=list)

    def run(self, body: str = '{"type": "echo"}') -> None:
        """Process one message, four seconds after it was sent."""
        runtime = Runtime(
            store=InMemoryCommands(),
            queue=InMemoryQueue(),
            secrets=InMemorySecrets(),
            handlers={"echo": self._handle},
            default_type="echo",
            policy=RetryPolicy(max_attempts=self.attempts),
            retention=timedelta(days=30),
            message_life=timedelta(days=4),
            logger=logging.getLogger("worker"),
            clock=lambda: self.now,
            measure=self._measure,
        )
        ProcessMessage(runtime)(message(body, sent_at=SENT), deadline=NOW + 60 * SECOND)

    def _handle(self, _input: Mapping[str, JSON], _context: Context) -> JSON:
        self.now += 2 * SECOND
        if self.raises is not None:
            raise self.raises
        return None

    def _measure(self, kind: str, outcome: str, numbers: Mapping[str, float]) -> None:
        self.noted.append((kind, outcome, dict(numbers)))


def test_a_completed_command_tells_its_age_its_wait_and_its_duration() -> None:
    """Age from submission to the end, wait until its first attempt, duration of the handler."""
    worker = Worker()
    worker.run()
    numbers = {"CommandAge": 6.0, "Wait": 4.0, "Duration": 2000.0, "Attempts": 1}
    assert worker.noted == [("echo", "completed", numbers)]


def test_a_retry_is_counted_and_is_no_end() -> None:
    """Its age would not be the command's."""
    worker = Worker(raises=Retryable("Later."))
    worker.run()
    assert worker.noted == [("echo", "retried", {"Retries": 1, "Wait": 4.0, "Duration": 2000.0})]


@pytest.mark.parametrize(("error", "dead"), [(Retryable("No."), 1), (Rejected("No."), None)])
def test_a_failure_is_an_end_and_perhaps_a_dead_letter_message(
    error: Exception, dead: int | None
) -> None:
    """Only what may be redriven is a dead-letter message."""
    worker = Worker(raises=error, attempts=1)
    worker.run()
    ((kind, outcome, numbers),) = worker.noted
    assert (kind, outcome, numbers["CommandAge"]) == ("echo", "failed", 6.0)
    assert numbers.get("DeadLetterMessages") == dead


def test_what_is_no_command_is_counted_without_a_type() -> None:
    """The type is the client's word, and each word of it would be a metric of its own."""
    worker = Worker()
    worker.run("no json")
    assert worker.noted == [("", "rejected", {"CommandAge": 4.0})]
    worker.run('{"type": "anything-at-all"}')
    assert worker.noted[1][:2] == ("", "failed")


def test_what_did_not_run_is_not_counted() -> None:
    """Its alarms are about the outage, and not about commands."""
    worker = Worker(raises=SecretUnavailable("The secret partner cannot be read."))
    worker.run()
    assert worker.noted == []


def test_a_measurement_is_one_line_that_cloudwatch_understands() -> None:
    """Every number is declared, with its unit; age and duration are told by outcome, too."""
    lines: list[str] = []
    measure = embedded_metrics("acme-jobs", "acme-dev-worker", lines.append)
    measure("", "rejected", {"CommandAge": 4.0, "Attempts": 1, "Duration": 9.5})
    (line,) = lines
    assert line.endswith("}\n")
    document = json.loads(line)
    about = document.pop("_aws")
    assert document == {
        "service": "acme-dev-worker",
        "type": "unknown",
        "outcome": "rejected",
        "CommandAge": 4.0,
        "Attempts": 1,
        "Duration": 9.5,
    }
    assert [
        (one["Namespace"], one["Metrics"], one["Dimensions"]) for one in about["CloudWatchMetrics"]
    ] == [
        (
            "acme-jobs",
            [{"Name": "CommandAge", "Unit": "Seconds"}],
            [["service"], ["service", "type"], ["service", "type", "outcome"]],
        ),
        ("acme-jobs", [{"Name": "Attempts", "Unit": "Count"}], [["service", "type"]]),
        (
            "acme-jobs",
            [{"Name": "Duration", "Unit": "Milliseconds"}],
            [["service", "type"], ["service", "type", "outcome"]],
        ),
    ]
