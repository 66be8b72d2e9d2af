"""A command that is handed over: one outcome, whoever dies, and nothing is reported too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain.decision import Then
from command_api.domain.hand_over import (
    HandOverEnded,
    InvalidToken,
    Outcome,
    Report,
)
from command_api.domain.history import shown
from command_api.domain.lifecycle import observed
from command_api.domain.model import Progress, Status
from command_api.http.view import view
from tests.builders import FINAL, NOW, TEMPORARY
from tests.unit.usecases.outside import DONE, Outside

if TYPE_CHECKING:
    from tests.unit.conftest import Bench


@pytest.fixture
def outside(bench: Bench) -> Outside:
    """A handler that hands its command over for ten minutes."""
    outside = Outside(bench)
    bench.handle(outside.handle)
    return outside


def test_what_is_reported_is_the_outcome(bench: Bench, outside: Outside) -> None:
    """The handler's own result is not used; its message goes, and the copy finds the end."""
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.queue.deleted == ["r-1"]
    assert bench.command.status is Status.PROCESSING
    assert view(bench.command)["handedOver"] == {
        "at": "2030-01-02T03:04:05.000Z",
        "deadline": "2030-01-02T03:14:05.000Z",
    }
    bench.pass_time(60)
    assert outside.report(DONE).status is Status.COMPLETED
    assert (bench.command.status, bench.command.result) == (Status.COMPLETED, {"rows": 7})
    assert "handedOver" not in view(bench.command)
    assert bench.deliver(outside.arrive()) is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1
    assert [outcome for _, outcome, _ in bench.measured] == ["handed_over", "completed"]
    assert bench.measured[-1][2] == {"Attempts": 1.0, "CommandAge": 60.0}


def test_the_history_shows_it(bench: Bench, outside: Outside) -> None:
    """Between the attempt's begin and its end."""
    bench.deliver()
    bench.pass_time(60)
    outside.report(DONE)
    told = shown(bench.command)
    assert [one["status"] for one in told] == ["PENDING", "PROCESSING", "PROCESSING", "COMPLETED"]
    assert [one.get("handedOver") for one in told] == [None, None, True, None]
    assert told[-1]["seconds"] == 60.0


def test_nothing_of_the_token_is_stored(bench: Bench, outside: Outside) -> None:
    """Its hash is, bound to the command."""
    bench.deliver()
    (token,) = outside.tokens
    assert len(token) >= 43
    assert token not in repr(bench.command)
    with pytest.raises(InvalidToken):
        outside.take("c-2", token, Report(outcome=DONE))
    bench.store.commands["c-2"] = replace(bench.command, id="c-2")
    with pytest.raises(InvalidToken):
        outside.take("c-2", token, Report(outcome=DONE))


@pytest.mark.parametrize("outcome", [None, DONE])
def test_another_token_reports_nothing(
    bench: Bench, outside: Outside, outcome: Outcome | None
) -> None:
    """Nor does one for a command that was never handed over, or is none."""
    bench.deliver()
    before = bench.command
    with pytest.raises(InvalidToken):
        outside.report(outcome, token="x" * 43)
    bench.store.commands["c-1"] = replace(before, hand_over=None)
    with pytest.raises(InvalidToken):
        outside.report(outcome)


@pytest.mark.parametrize(
    "outcome", [DONE, Outcome(failure=FINAL), Outcome(failure=TEMPORARY), Outcome(stopped=True)]
)
def test_an_outcome_may_be_repeated(bench: Bench, outside: Outside, outcome: Outcome) -> None:
    """The same changes nothing; any other, and a progress, is refused."""
    bench.deliver()
    outside.report(outcome)
    first = bench.command
    bench.pass_time(5)
    assert outside.report(outcome) == bench.command == first
    for other in (None, Outcome(8), Outcome(failure=replace(FINAL, code="other"))):
        with pytest.raises(HandOverEnded, match="reported before"):
            outside.report(other)
    assert bench.command == first


def test_a_report_moves_the_deadline(bench: Bench, outside: Outside) -> None:
    """The copy looks again, and ends nothing."""
    bench.deliver()
    bench.pass_time(500)
    outside.report(share=0.4)
    assert bench.command.progress == Progress(0.4, "", bench.now)
    bench.pass_time(101)
    assert bench.deliver(outside.copy()) is Then.ACKNOWLEDGE
    assert bench.queue.copied[-1][1] == pytest.approx(500)
    assert bench.command.status is Status.PROCESSING
    assert bench.deliver(outside.arrive()) is Then.DEAD_LETTER


def test_a_deadline_that_passes_fails_the_command(bench: Bench, outside: Outside) -> None:
    """Readers see it at once; the copy writes it, and is dead-lettered. Reports come too late."""
    bench.deliver()
    copy = outside.arrive()
    seen = observed(bench.command, now=bench.now)
    assert seen is not None
    assert seen.failure is not None
    assert (seen.status, seen.failure.code) == (Status.FAILED, "hand_over_timed_out")
    with pytest.raises(HandOverEnded, match="deadline has passed"):
        outside.report(DONE)
    assert bench.deliver(copy) is Then.DEAD_LETTER
    assert bench.command.failure == seen.failure
    assert bench.command.completed_at == NOW + timedelta(minutes=10)
    for outcome in (None, DONE):
        with pytest.raises(HandOverEnded, match="has ended"):
            outside.report(outcome)
    assert [outcome for _, outcome, _ in bench.measured] == ["handed_over", "failed"]


def test_a_handler_may_ask_for_another_attempt(bench: Bench, outside: Outside) -> None:
    """With a token of its own; the first one's report is refused, and its past says why."""
    outside.retry = True
    bench.deliver()
    copy = outside.arrive()
    assert bench.deliver(copy) is Then.RUN_ALONE
    assert bench.deliver(copy, alone=True) is Then.ACKNOWLEDGE
    first, second = outside.tokens
    with pytest.raises(InvalidToken):
        outside.report(DONE, token=first)
    assert bench.command.attempts == 2
    assert outside.report(DONE, token=second).status is Status.COMPLETED
    assert [one.code for one in bench.command.past] == ["hand_over_timed_out"]


def test_the_attempts_are_limited(bench: Bench, outside: Outside) -> None:
    """Three of them, as of every command."""
    outside.retry = True
    bench.deliver()
    for _ in range(2):
        assert bench.deliver(outside.arrive(), alone=True) is Then.ACKNOWLEDGE
    assert bench.deliver(outside.arrive(), alone=True) is Then.DEAD_LETTER
    assert (len(outside.tokens), bench.command.attempts) == (3, 3)


@pytest.mark.parametrize("retry", [False, True])
def test_a_failure_that_is_reported_may_be_tried_again(
    bench: Bench, outside: Outside, *, retry: bool
) -> None:
    """By the reporter's word, as by that of a handler; the copy begins the next attempt."""
    outside.retry = retry
    bench.deliver()
    assert outside.report(Outcome(failure=TEMPORARY)).status is Status.PENDING
    with pytest.raises(HandOverEnded):
        outside.report(DONE)
    assert bench.deliver(outside.copy()) is Then.ACKNOWLEDGE
    assert bench.command.attempts == 2
    assert outside.report(DONE).status is Status.COMPLETED


def test_a_failure_of_the_last_attempt_is_dead_lettered(bench: Bench, outside: Outside) -> None:
    """By the copy, for whoever reports has no message."""
    bench.deliver()
    for _ in range(2):
        outside.report(Outcome(failure=TEMPORARY))
        bench.deliver(outside.copy())
    assert outside.report(Outcome(failure=TEMPORARY)).status is Status.FAILED
    assert bench.deliver(outside.copy()) is Then.DEAD_LETTER
    assert bench.command.failure == TEMPORARY


def test_a_rejection_is_final(bench: Bench, outside: Outside) -> None:
    """No dead-letter message comes of it."""
    bench.deliver()
    assert outside.report(Outcome(failure=FINAL)).status is Status.FAILED
    assert bench.deliver(outside.copy()) is Then.ACKNOWLEDGE
    assert bench.command.failure == FINAL


def test_a_week_is_watched_over_in_steps(bench: Bench, outside: Outside) -> None:
    """Each copy is new, none is in flight, and the record knows that there is one."""
    outside.timeout = 7 * 86_400.0
    bench.deliver()
    for _ in range(20):
        assert bench.queue.copied[-1][1] == 900
        assert bench.deliver(outside.arrive()) is Then.ACKNOWLEDGE
    assert bench.queue.delays == {}
    assert bench.command.waits_until is not None
    assert bench.command.waits_until > NOW + timedelta(days=7)
    assert len(bench.seen) == 1
