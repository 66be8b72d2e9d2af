"""Nothing is lost in a bad hour; `pytest -rP` prints the figures."""

from __future__ import annotations

import pytest

from tests.property.hour import BATCH, HOUR, RETENTION_SECONDS, Hour

KINDS = pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])


def waiting(commands: int = 10_000, *, fifo: bool) -> tuple[Hour, int]:
    """An hour with commands that wait; in a FIFO queue, whose model is slower, 300 in 50 groups."""
    hour, commands = Hour(fifo=fifo), 300 if fifo else commands
    for number in range(commands):
        hour.submit(number, f"group-{number % 50}")
    return hour, commands


def everything_completed_at_the_first_attempt(hour: Hour, commands: int) -> None:
    """No dead-letter messages, no attempts lost, nothing left."""
    print(hour.figures())
    assert hour.queue.dead == {}
    assert hour.lost == []
    assert hour.completed == commands
    assert hour.attempts_lost == 0


@KINDS
def test_a_table_that_is_away_for_an_hour_costs_no_attempt(*, fifo: bool) -> None:
    """Its commands come back with growing delays, and complete afterwards."""
    hour, commands = waiting(fifo=fifo)
    hour.table_away_until = HOUR
    hour.play(until=4 * HOUR)
    everything_completed_at_the_first_attempt(hour, commands)
    assert max(hour.ended.values()) < HOUR + 900


@KINDS
def test_a_worker_that_fails_at_import_for_an_hour_costs_no_attempt(*, fifo: bool) -> None:
    """Each receive costs a visibility timeout; the queue's limit is derived from it."""
    hour, commands = waiting(fifo=fifo)
    hour.import_fails_until = HOUR
    hour.play(until=4 * HOUR)
    everything_completed_at_the_first_attempt(hour, commands)


def test_pollers_that_are_throttled_for_hours_cost_no_attempt() -> None:
    """Lambda receives messages that it has no room to run; six hours of that are survived."""
    hour, commands = waiting(1_000, fifo=False)
    hour.throttled_until = 6 * HOUR
    hour.play(until=9 * HOUR)
    everything_completed_at_the_first_attempt(hour, commands)


def test_a_batch_that_has_no_time_for_all_its_commands_costs_no_attempt() -> None:
    """25 seconds of work in a function of 30, one command after the other: nine come back."""
    hour = Hour(workers=2, concurrency=1, handler_seconds=25.0)
    for number in range(200):
        hour.submit(number)
    hour.play(until=RETENTION_SECONDS)
    everything_completed_at_the_first_attempt(hour, 200)


def test_a_message_that_kills_every_worker_before_its_claim_is_dead_lettered_alone() -> None:
    """Well before its retention ends, and its neighbours complete."""
    hour = Hour(workers=2)
    hour.killers = {"c-0"}
    for number in range(BATCH):
        hour.submit(number)
    later = {600.0 * number: BATCH + number for number in range(100)}
    hour.play(until=RETENTION_SECONDS, arrivals=later)
    print(f"{hour.figures()}; dead-lettered after {hour.died_at['c-0'] / HOUR:.1f} hours")
    assert list(hour.died_at) == ["c-0"]
    assert hour.died_at["c-0"] < 0.75 * RETENTION_SECONDS
    assert hour.lost == []
    assert hour.completed == BATCH + len(later) - 1
    assert hour.attempts_lost == 0
    # Its first neighbours get ahead of it as soon as it is known to come often.
    assert max(hour.ended[f"c-{number}"] for number in range(1, BATCH)) < HOUR
