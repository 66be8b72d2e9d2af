"""Commands taken back, seen through HTTP only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.live import eventually

if TYPE_CHECKING:
    from tests.deployed import Deployed


def test_an_id_that_cannot_be_is_not_cancelled(deployed: Deployed) -> None:
    """404, and no record is made of it."""
    answer = deployed.api.cancel("a b;c")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_has_ended_cannot_be_cancelled(deployed: Deployed) -> None:
    """409 with what became of the command, which stays as it is."""
    command_id = deployed.api.submit("echo", {"n": 1})
    before = deployed.ended(command_id)
    answer = deployed.api.cancel(command_id)
    assert (answer.status, answer.json()["commandStatus"]) == (409, "COMPLETED")
    assert deployed.api.get(command_id).json() == before


STOPS, MOST_SECONDS = 100, 5.0


@pytest.mark.long
def test_99_of_100_stops_take_five_seconds_at_most(deployed: Deployed) -> None:
    """From DELETE until a handler that looks every second has stopped; `pytest -s` prints it."""
    running = {deployed.api.submit("demo", {"sleep_seconds": 25}) for _ in range(STOPS)}
    asked: set[str] = set()
    while left := running - asked:
        for command_id in left:
            status = deployed.api.get(command_id).json().get("status")
            if status == "PROCESSING":
                deployed.api.cancel(command_id)
            if status not in (None, "PENDING", 404):
                asked.add(command_id)
    found = [deployed.ended(command_id) for command_id in sorted(asked)]
    stopped = [one for one in found if one["status"] == "CANCELLED"]
    took = sorted(
        (
            datetime.fromisoformat(one["updatedAt"])
            - datetime.fromisoformat(one["cancelRequestedAt"])
        ).total_seconds()
        for one in stopped
    )
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99) - 1]
    print(f"{len(took)} of {STOPS} stopped: p50 {p50:.2f} s, p99 {p99:.2f} s, max {took[-1]:.2f} s")
    assert len(took) >= 0.9 * STOPS
    assert p99 <= MOST_SECONDS


def test_what_runs_is_stopped(deployed: Deployed) -> None:
    """202 while its handler, which looks every second, has not stopped; then CANCELLED."""
    command_id = deployed.api.submit("demo", {"sleep_seconds": 25})
    eventually(lambda: "PROCESSING" in deployed.api.get(command_id).body)
    asked = deployed.api.cancel(command_id)
    assert (asked.status, asked.json()["status"]) == (202, "CANCELLING")
    ended = deployed.ended(command_id)
    assert (ended["status"], ended["attempts"]) == ("CANCELLED", 1)
    times = [datetime.fromisoformat(ended[name]) for name in ("cancelRequestedAt", "updatedAt")]
    assert times[1] - times[0] < timedelta(seconds=15)
    assert deployed.api.cancel(command_id).status == 200


def test_a_command_that_is_still_queued_never_runs(deployed: Deployed) -> None:
    """The message finds its command cancelled, and is dropped without a dead-letter message."""
    command_id, dead = f"cancelled-{uuid4().hex}", deployed.depth("sqs_dlq_url")
    assert deployed.api.cancel(command_id).status == 200
    deployed.api.submit("demo", {"fail_attempts": 99}, command_id)
    eventually(lambda: deployed.depth("sqs_queue_url") == 0)
    shown = deployed.ended(command_id)
    assert (shown["status"], shown["attempts"]) == ("CANCELLED", 0)
    assert deployed.api.cancel(command_id).json() == shown
    assert deployed.depth("sqs_dlq_url") == dead


def test_a_command_between_two_attempts_gets_no_further_one(deployed: Deployed) -> None:
    """Whoever has failed once and waits can be taken back."""
    command_id = deployed.api.submit("demo", {"fail_attempts": 99})
    eventually(lambda: '"PENDING"' in deployed.api.get(command_id).body)
    eventually(lambda: deployed.api.cancel(command_id).status == 200)
    eventually(lambda: deployed.depth("sqs_queue_url") == 0)
    shown = deployed.ended(command_id)
    assert shown["status"] == "CANCELLED"
    assert "error" not in shown
