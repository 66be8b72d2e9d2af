"""What becomes of a message, for everything that can be stored and everything that can happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from command_api.domain.decision import (
    Decision,
    NotClaimed,
    Raised,
    Returned,
    Terms,
    Then,
    Troubled,
    Unreadable,
    decide,
)
from command_api.domain.lifecycle import WORKER_LOST, restarted
from command_api.domain.model import Command, Failure, Lease, Status, Step
from command_api.domain.retry import LONGEST_WAIT_SECONDS, RetryPolicy
from tests.builders import (
    FINAL,
    LATER,
    NOW,
    SECOND,
    TEMPORARY,
    attempt,
    command,
    message,
    submission,
)

MONTH = timedelta(days=30)
TERMS = Terms(
    now=LATER, policy=RetryPolicy(base_seconds=30, cap_seconds=300), retention=MONTH, spread=1.0
)
ALIVE = Lease("t-0", LATER + 20 * SECOND)
GONE = Lease("t-0", LATER - SECOND)

RUN, ALONE, ACK = Then.RUN, Then.RUN_ALONE, Then.ACKNOWLEDGE
RETURN, DEAD = Then.RETURN, Then.DEAD_LETTER


def failed_at(moment: Any, *, by: str = "m-1", failure: Failure = TEMPORARY) -> Command:
    """A command that has failed through that message."""
    return command(message_id=by, attempts=3).failed(failure, now=moment, purge_at=moment + MONTH)


def refused(
    stored: Command,
    *,
    by: str = "m-1",
    sent_at: Any = NOW,
    alone: bool = False,
    slices: int = 0,
    **asked: Any,
) -> Decision:
    """The decision on a message whose claim was refused because of what is stored."""
    asking = attempt(message_id=by, at=LATER, token="t-9", takes_over=alone, slices=slices)
    given = message(message_id=by, sent_at=sent_at)
    return decide(stored, NotClaimed(submission(**asked), asking), given, TERMS)


# What is stored; by which message it is asked for, and when that was sent; what becomes of it.
DONE = command().completed(1, now=NOW, purge_at=LATER + MONTH)
REFUSALS: dict[str, tuple[Command, dict[str, Any], Then, str]] = {
    "has completed": (DONE, {}, ACK, "command already ended"),
    "has completed, sent again": (
        DONE,
        {"by": "m-2", "sent_at": LATER},
        ACK,
        "command already ended",
    ),
    "was cancelled": (
        command(Status.PENDING).cancelled(now=NOW, purge_at=LATER + MONTH),
        {"by": "m-2", "sent_at": LATER},
        ACK,
        "command already ended",
    ),
    "was cancelled before it was seen": (
        command(Status.PENDING, type="", work="").cancelled(now=NOW, purge_at=LATER + MONTH),
        {},
        ACK,
        "command already ended",
    ),
    "was rejected, sent again": (
        failed_at(NOW, failure=FINAL),
        {"by": "m-2", "sent_at": LATER},
        ACK,
        "command already ended",
    ),
    "stands for other work": (
        command(Status.PENDING),
        {"input": {"n": 2}},
        ACK,
        "id used by another command",
    ),
    "runs other work": (command(lease=GONE), {"type": "demo"}, ACK, "id used by another command"),
    "is somebody else's": (
        command(Status.PENDING, owner="alice"),
        {},
        ACK,
        "id owned by another caller",
    ),
    "failed as somebody else's": (
        replace(failed_at(NOW), owner="alice"),
        {"by": "m-2", "sent_at": LATER},
        ACK,
        "id owned by another caller",
    ),
    "runs through another message": (
        command(lease=ALIVE),
        {"by": "m-2"},
        ACK,
        "running from another message",
    ),
    "runs a slice through the message before": (
        replace(command(lease=ALIVE), slices=1),
        {"by": "m-1/1", "slices": 1},
        RETURN,
        "running from another message",
    ),
    "runs a slice, and this message is of the one before": (
        replace(command(lease=ALIVE), slices=2, message_id="m-1/2"),
        {"by": "m-1/1", "slices": 1},
        ACK,
        "continued by another message",
    ),
    "runs through this message": (command(lease=ALIVE), {}, RETURN, "still running"),
    "lost its worker": (command(lease=GONE), {}, ALONE, "worker lost"),
    "lost the worker of another message": (
        command(lease=GONE),
        {"by": "m-2"},
        ALONE,
        "worker lost",
    ),
    "was overtaken while it was alone": (
        command(lease=GONE),
        {"alone": True},
        RETURN,
        "lease lost",
    ),
    "was released in the same moment": (command(Status.PENDING), {}, RETURN, "lease lost"),
    "failed by this very message": (failed_at(NOW), {}, DEAD, "command already failed"),
    "failed by this very message, whatever its age": (
        failed_at(NOW),
        {"sent_at": LATER},
        DEAD,
        "command already failed",
    ),
    "failed after an older duplicate was sent": (
        failed_at(LATER),
        {"by": "m-2", "sent_at": LATER - SECOND},
        ACK,
        "command already failed",
    ),
}


@pytest.mark.parametrize("state", REFUSALS)
def test_a_refused_claim_says_what_becomes_of_the_message(state: str) -> None:
    """Nothing is written; the log says why."""
    stored, asked, then, reason = REFUSALS[state]
    found = refused(stored, **asked)
    assert (found.then, found.reason, found.command) == (then, reason, None)
    assert found.outcome == ""


@pytest.mark.parametrize(
    ("stored", "sent_at"),
    [
        (failed_at(NOW), LATER),
        (failed_at(LATER), LATER + SECOND),
        (failed_at(LATER), LATER),
        (failed_at(LATER), LATER - SECOND / 2),
        (command().completed(1, now=NOW, purge_at=LATER), NOW),
        (failed_at(NOW - MONTH, failure=FINAL), NOW),
        (command(Status.PENDING).cancelled(now=NOW, purge_at=LATER), NOW),
    ],
    ids=[
        "sent after the failure",
        "sent just after the failure",
        "sent in the moment of the failure",
        "sent within a second of the failure",
        "completed, past its time",
        "rejected, past its time",
        "cancelled, past its time",
    ],
)
def test_what_may_run_again_starts_over(stored: Command, sent_at: Any) -> None:
    """With fresh attempts; the clocks of SQS and of the worker may differ by a second."""
    found = refused(stored, by="m-2", sent_at=sent_at)
    asking = attempt(message_id="m-2", at=LATER, token="t-9")
    assert (found.then, found.event) == (RUN, "restarted")
    assert found.command == restarted(stored, submission(), asking)
    assert found.command.attempts == 1


def test_past_its_time_an_id_is_nobodys_any_more() -> None:
    """Another owner, and other work, may have it."""
    gone = replace(DONE, owner="alice", purge_at=LATER)
    found = refused(gone, input={"n": 2}, owner="mallory")
    assert (found.then, found.command and found.command.owner) == (RUN, "mallory")


def test_a_message_that_is_sent_after_a_failure_says_what_the_id_stands_for_now() -> None:
    """A client that mends its input asks for other work, which begins from nothing."""
    found = refused(failed_at(NOW), by="m-2", sent_at=LATER, input={"n": 2})
    assert found.then is RUN
    assert found.command is not None
    assert (found.command.work, found.command.steps) == (submission(input={"n": 2}).work, {})


@pytest.mark.parametrize("by", ["m-1", "m-2"])
@pytest.mark.parametrize("alone", [False, True])
def test_a_worker_lost_on_the_last_attempt_is_a_failure(by: str, *, alone: bool) -> None:
    """It failed when its lease ended, through the message that found it."""
    lost = command(lease=GONE, attempts=3, steps={"pay": Step("r-7")})
    found = refused(lost, by=by, alone=alone)
    ended = GONE.expires_at
    failed = replace(lost, message_id=by).failed(WORKER_LOST, now=ended, purge_at=ended + MONTH)
    assert found == Decision(then=DEAD, event="failed", command=failed, outcome="failed")


def test_a_second_message_that_finds_a_lost_worker_is_dropped() -> None:
    """One dead-letter message is enough for one command."""
    lost = command(lease=GONE, attempts=3)
    first = refused(lost, by="m-2")
    assert first.command is not None
    second = refused(first.command, by="m-1")
    assert (first.then, second.then) == (DEAD, ACK)


def test_a_message_waits_as_long_as_the_lease_of_its_own_attempt() -> None:
    """And a second more, for what is compared with `<`."""
    assert refused(command(lease=ALIVE)).delay == 21
    assert refused(command(lease=Lease("t-0", LATER))).delay == 1


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("failure", [FINAL, replace(FINAL, code="result_too_large")])
def test_what_can_never_succeed_fails_at_once(attempts: int, failure: Failure) -> None:
    """On whichever attempt; a wish for a later one changes nothing."""
    running = command(attempts=attempts)
    for happened in (Raised(failure), Raised(failure, after=60)):
        found = decide(running, happened, message(), TERMS)
        failed = running.failed(failure, now=LATER, purge_at=LATER + MONTH)
        assert found == Decision(then=ACK, event="failed", command=failed, outcome="failed")


@pytest.mark.parametrize("after", [None, 0.0, 60.0, LONGEST_WAIT_SECONDS + 1])
def test_the_last_attempt_is_the_end(after: float | None) -> None:
    """Its failure is the handler's, whatever it wished for, and may be redriven."""
    running = command(attempts=3)
    found = decide(running, Raised(TEMPORARY, after), message(), TERMS)
    failed = running.failed(TEMPORARY, now=LATER, purge_at=LATER + MONTH)
    assert found == Decision(then=DEAD, event="failed", command=failed, outcome="failed")


@pytest.mark.parametrize(
    ("after", "at_least", "delay"),
    [(None, 0.0, 15.0), (None, 14.0, 15.0), (None, 600.0, 600.0), (5.0, 1.0, 5.0), (5.0, 9.0, 9.0)],
)
def test_a_lower_bound_never_shortens_a_wait(
    after: float | None, at_least: float, delay: float
) -> None:
    """Zero as much as a moment that has passed leaves the retry policy's own delay."""
    terms = TERMS._replace(spread=0.0)
    found = decide(command(), Raised(TEMPORARY, after, at_least), message(), terms)
    assert (found.then, found.delay) == (Then.RETURN, delay)


@pytest.mark.parametrize("after", [LONGEST_WAIT_SECONDS + 1, 43_200, 86_400, 1e300])
def test_a_wait_that_sqs_does_not_have_is_a_failure_that_says_so(after: float) -> None:
    """It may be redriven when its time has come."""
    found = decide(command(), Raised(TEMPORARY, after), message(), TERMS)
    assert (found.then, found.event) == (DEAD, "failed")
    assert found.command is not None
    assert found.command.failure is not None
    assert (found.command.failure.code, found.command.failure.retryable) == ("retry_too_late", True)
    assert "42300 seconds" in found.command.failure.message


@pytest.mark.parametrize(
    ("attempts", "after", "delay"),
    [(1, None, 30), (2, None, 60), (1, 0.0, 0), (1, 1800.0, 1800), (1, 42_300.0, 42_300)],
)
def test_a_failed_attempt_is_followed_by_another(
    attempts: int, after: float | None, delay: float
) -> None:
    """By the policy, or by the handler's own wish."""
    running = command(attempts=attempts)
    found = decide(running, Raised(TEMPORARY, after), message(), TERMS)
    assert found == Decision(
        then=RETURN,
        event="retry scheduled",
        command=running.released(TEMPORARY, now=LATER),
        delay=delay,
        outcome="retried",
    )


@pytest.mark.parametrize(
    ("receives", "delay"), [(1, 2), (2, 4), (5, 32), (8, 256), (9, 300), (1000, 300)]
)
def test_trouble_returns_the_message_ever_later(receives: int, delay: float) -> None:
    """Nothing was claimed, so nothing is written."""
    found = decide(None, Troubled("table away"), message(receives=receives), TERMS)
    assert found == Decision(then=RETURN, event="not run", reason="table away", delay=delay)
    half = decide(None, Troubled("x"), message(receives=receives), TERMS._replace(spread=0.0))
    assert half.delay == delay / 2


@pytest.mark.parametrize("failure", [None, TEMPORARY])
@pytest.mark.parametrize("attempts", [1, 3])
def test_trouble_after_the_claim_gives_the_attempt_back(
    attempts: int, failure: Failure | None
) -> None:
    """Also the last one; who reads the status sees what it waits for."""
    running = command(attempts=attempts)
    found = decide(running, Troubled("secret unavailable", failure), message(), TERMS)
    assert (found.then, found.delay, found.outcome) == (RETURN, 2, "")
    waits = found.command
    assert waits is not None
    assert (waits.status, waits.attempts) == (Status.PENDING, attempts - 1)
    assert (waits.failure, waits.lease, waits.updated_at) == (failure, None, LATER)


def test_success_is_the_end() -> None:
    """The result is stored for as long as ends are kept."""
    running = command()
    found = decide(running, Returned({"ok": 1}), message(), TERMS)
    done = running.completed({"ok": 1}, now=LATER, purge_at=LATER + MONTH)
    assert found == Decision(then=ACK, event="completed", command=done, outcome="completed")


def test_what_is_no_work_is_recorded_and_gone() -> None:
    """Under its id, for its owner to see, as of when it was sent."""
    found = decide(None, Unreadable(FINAL), message("no json", owner="alice"), TERMS)
    assert (found.then, found.event, found.outcome) == (ACK, "rejected", "rejected")
    assert found.command == Command(
        id="c-1",
        type="",
        status=Status.FAILED,
        created_at=NOW,
        updated_at=LATER,
        completed_at=LATER,
        purge_at=LATER + MONTH,
        message_id="m-1",
        owner="alice",
        failure=FINAL,
    )


def test_a_delayed_copy_stands_for_its_message() -> None:
    """What had begun before a pause is judged after it as it would have been."""
    copied = message(message_id="m-9", copy_of="m-1", sent_at=NOW)
    asking = attempt(message_id=copied.identity, at=LATER)
    for stored, then in (
        (command(lease=ALIVE), RETURN),
        (command(lease=GONE), ALONE),
        (failed_at(NOW + SECOND), DEAD),
        (DONE, ACK),
    ):
        happened = NotClaimed(submission(), asking)
        assert decide(stored, happened, copied, TERMS).then is then


@pytest.mark.parametrize("happened", [Returned(1), Raised(TEMPORARY)])
def test_nothing_can_have_run_that_is_not_stored(happened: Any) -> None:
    """A mistake of the caller's, and not a decision."""
    with pytest.raises(ValueError, match="command"):
        decide(None, happened, message(), TERMS)


@pytest.mark.parametrize("by", ["m-1", "m-2"])
def test_a_message_that_turns_up_is_no_lost_one(by: str) -> None:
    """However old the record: what its readers conclude from the clock decides nothing here."""
    stored = command(lease=GONE, waits_until=LATER - SECOND)
    assert refused(stored, by=by).then is ALONE
