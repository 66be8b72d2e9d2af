"""The decision to run a command anew: which failures it keeps, and with what it begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from command_api.domain.decision import Then
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.model import Command, Status, Step
from tests.builders import LATER, NOW, TEMPORARY, attempt, command
from tests.unit.domain.test_decision import GONE, refused


def test_each_worker_that_is_lost_on_its_last_attempt_is_kept_in_the_history() -> None:
    """Redriven again and again: the last ten losses, the oldest first, each with its code."""
    history: list[str] = []
    stored = command(lease=GONE, attempts=3)
    for number in range(12):
        failed = refused(stored, by=f"m-{number}").command
        assert failed is not None
        assert (failed.status, failed.failure) == (Status.FAILED, WORKER_LOST)
        assert [one.code for one in failed.past] == history[-10:]
        redriven = refused(failed, by=f"r-{number}", sent_at=LATER).command
        assert redriven is not None
        history.append("worker_lost")
        assert [one.code for one in redriven.past] == history[-10:]
        last = redriven.past[-1]
        assert (last.ended_at, last.number) == (GONE.expires_at, 3)
        stored = replace(redriven, lease=GONE, attempts=3)


def test_a_redrive_that_finds_a_lost_worker_keeps_that_failure_in_the_same_write() -> None:
    """Nobody wrote the failure before: whoever restarts the command writes both at once."""
    lost = command(lease=GONE, attempts=3)
    found = refused(lost, by="m-2", sent_at=LATER)
    assert (found.then, found.event) == (Then.RUN, "restarted")
    assert found.command is not None
    [kept] = found.command.past
    assert (kept.code, kept.ended_at, kept.number) == ("worker_lost", GONE.expires_at, 3)
    assert (kept.started_at, kept.status) == (lost.updated_at, Status.FAILED)


@pytest.mark.parametrize(
    "lost",
    [
        command(Status.PENDING, attempts=2, failure=TEMPORARY),
        command(Status.PENDING, attempts=0),
        command(lease=GONE, attempts=2),
    ],
    ids=["between two attempts", "never tried", "left behind by its worker"],
)
def test_what_is_submitted_after_its_message_was_lost_starts_anew(lost: Command) -> None:
    """Its attempts and its time begin again; what its steps have done stays done."""
    lost = replace(lost, waits_until=NOW, steps={"pay": Step("r-7")})
    found = refused(lost, by="m-2", sent_at=LATER, submitted_at=LATER, alone=True)
    assert (found.then, found.event) == (Then.RUN, "restarted")
    assert found.command is not None
    assert (found.command.attempts, found.command.steps) == (1, {"pay": Step("r-7")})
    assert found.command.waits_until == attempt().waits_until
    assert (found.command.failure, found.command.purge_at) == (None, None)


def test_a_suspect_that_lost_its_message_runs_alone_too() -> None:
    """It may have been what killed its worker."""
    lost = command(lease=GONE, attempts=2, waits_until=NOW)
    assert refused(lost, by="m-2", sent_at=LATER, submitted_at=LATER).then is Then.RUN_ALONE
