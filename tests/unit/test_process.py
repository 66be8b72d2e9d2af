"""One message becomes one recorded outcome, whatever happens on the way."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain.errors import Rejected, Retryable
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.model import Failure, Lease, Status
from command_api.usecases.record import Outcome
from tests.builders import NOW, SECOND, TEMPORARY, command, fail, message

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from tests.unit.conftest import Bench


def test_a_handler_that_fails_is_tried_again_with_backoff(bench: Bench) -> None:
    """A failed attempt leaves PENDING and a message that comes back later and later."""
    bench.handle(lambda _: fail(Retryable("The partner is down.", code="partner_down")))
    delays = []
    for _ in range(2):
        assert bench.deliver() is Outcome.RETURN
        assert bench.command.status is Status.PENDING
        delays.append(bench.queue.delays["r-1"])
    assert delays == [2, 4]
    assert bench.command.failure == Failure(
        code="partner_down", message="The partner is down.", retryable=True
    )


def test_a_handler_may_say_when_to_come_back(bench: Bench) -> None:
    """`Retryable(after=…)` wins over the backoff."""
    bench.handle(lambda _: fail(Retryable("Rate limited.", after=90)))
    bench.deliver()
    assert bench.queue.delays == {"r-1": 90}


def test_the_last_attempt_sends_the_message_to_the_dlq(bench: Bench) -> None:
    """Out of attempts is FAILED and retryable, and the message goes back at once to be moved."""
    bench.handle(lambda _: fail(Retryable("The partner is down.")))
    outcomes = [bench.deliver() for _ in range(3)]
    assert outcomes == [Outcome.RETURN] * 3
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 3)
    assert bench.queue.delays == {"r-1": 0}


def test_a_dead_message_does_not_run_again(bench: Bench) -> None:
    """Where the queue allows more receives than the command has attempts, nothing runs."""
    bench.handle(lambda _: fail(Retryable("The partner is down.")))
    for _ in range(4):
        assert bench.deliver() is Outcome.RETURN
    assert len(bench.seen) == 3


def test_a_rejection_is_final(bench: Bench) -> None:
    """`Rejected` fails at once and the message is gone."""
    bench.handle(lambda _: fail(Rejected("No such product.", code="unknown_product")))
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert bench.command.failure == Failure(
        code="unknown_product", message="No such product.", retryable=False
    )


def test_an_unexpected_error_is_retried_and_keeps_its_text_to_itself(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the client nor the log learns what an unforeseen exception says."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda _: fail(KeyError("card 4111-1111")))
    assert bench.deliver() is Outcome.RETURN
    assert bench.command.failure is not None
    assert bench.command.failure.message == "The handler failed unexpectedly (KeyError)."
    assert "4111" not in str([vars(record) for record in caplog.records])
    assert any("test_process.py" in str(vars(record).get("stack")) for record in caplog.records)


def test_a_message_that_is_no_work_fails_at_once(bench: Bench) -> None:
    """What can never succeed is recorded for the client and not retried."""
    assert bench.deliver(message("not json")) is Outcome.ACKNOWLEDGE
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 0)
    assert bench.command.failure is not None
    assert bench.command.failure.code == "malformed_body"


def test_a_message_that_is_no_work_cannot_touch_another_command(bench: Bench) -> None:
    """Garbage under a known id leaves the command of that id alone."""
    bench.deliver()
    known = bench.command
    assert bench.deliver(message("garbage", message_id="m-2")) is Outcome.ACKNOWLEDGE
    assert bench.command == known


def test_an_input_that_cannot_be_stored_fails_at_once(bench: Bench) -> None:
    """An input that outgrows the item when it is read and written again is recorded as such."""
    numbers = ", ".join(["1e15"] * 40_000)
    assert bench.deliver(message('{"input": {"x": [' + numbers + "]}}")) is Outcome.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "input_too_large"


def test_success_is_recorded_and_acknowledged(bench: Bench) -> None:
    """The result is stored, the lease is gone, and the record has an end."""
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert bench.command.status is Status.COMPLETED
    assert bench.command.result == {"attempt": 1}
    assert bench.command.lease is None
    assert bench.command.purge_at == NOW + timedelta(days=30)


@pytest.mark.parametrize("message_id", ["m-1", "m-2"])
def test_a_duplicate_of_a_finished_command_is_dropped(bench: Bench, message_id: str) -> None:
    """A second delivery or a second message of a finished command runs nothing."""
    bench.deliver()
    assert bench.deliver(message(message_id=message_id)) is Outcome.ACKNOWLEDGE
    assert len(bench.seen) == 1


def test_a_second_delivery_waits_for_the_first(bench: Bench) -> None:
    """The same message delivered while its command runs returns when the lease has ended."""
    bench.store.commands["c-1"] = command(lease=Lease("t-0", NOW + 20 * SECOND))
    assert bench.deliver() is Outcome.RETURN
    assert bench.queue.delays == {"r-1": 21}
    assert not bench.seen


def test_a_second_message_for_a_running_command_is_dropped(bench: Bench) -> None:
    """Another message under the same id is a duplicate while the first one runs."""
    bench.store.commands["c-1"] = command(message_id="m-0")
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert not bench.seen


def test_the_command_of_a_dead_worker_runs_again(bench: Bench) -> None:
    """Once the lease has run out it is a suspect, and whoever takes over has the next attempt."""
    bench.store.commands["c-1"] = command(lease=Lease("t-0", NOW - SECOND))
    assert bench.deliver() is Outcome.SUSPECT
    assert not bench.seen
    assert bench.deliver(takes_over=True) is Outcome.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 2}


def test_a_worker_lost_on_the_last_attempt_is_recorded(bench: Bench) -> None:
    """A crash on the last attempt is not run again: it is FAILED and goes to the DLQ."""
    bench.store.commands["c-1"] = command(attempts=3, lease=Lease("t-0", NOW - SECOND))
    assert bench.deliver() is Outcome.RETURN
    assert (bench.command.status, bench.command.failure) == (Status.FAILED, WORKER_LOST)
    assert bench.queue.delays == {"r-1": 0}


def test_a_redriven_command_gets_fresh_attempts(bench: Bench) -> None:
    """After a redrive the message has a new id, and the command starts over."""
    failed = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=NOW + timedelta(days=30))
    bench.store.commands["c-1"] = failed
    redriven = message(message_id="m-2", sent_at=NOW + 2 * SECOND)
    assert bench.deliver(redriven) is Outcome.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 1}


def test_an_overtaken_worker_writes_nothing(bench: Bench) -> None:
    """A worker that outlived its lease leaves the outcome to its successor."""

    def overtaken(context: Context) -> None:
        current = replace(context.command, lease=Lease("t-9", NOW + SECOND), attempts=2)
        bench.store.commands["c-1"] = current

    bench.handle(overtaken)
    assert bench.deliver() is Outcome.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)


@pytest.mark.parametrize("result", [{1, 2}, "x" * 500_000])
def test_a_result_that_cannot_be_stored_is_final(bench: Bench, result: object) -> None:
    """The work is done, so it must not be repeated for a result that will never fit."""
    bench.handle(lambda _: result)  # type: ignore[arg-type,return-value]
    assert bench.deliver() is Outcome.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert (bench.command.failure.code, bench.command.failure.retryable) == (
        "result_too_large",
        False,
    )
