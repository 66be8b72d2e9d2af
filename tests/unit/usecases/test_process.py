"""One message becomes one recorded outcome, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api import Registered
from command_api.domain.decision import Then
from command_api.domain.errors import Rejected, Retryable
from command_api.domain.lifecycle import WORKER_LOST
from command_api.domain.message import body_of
from command_api.domain.model import Failure, Lease, Status
from command_api.domain.work import fingerprint
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, fail, message

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench


def test_a_handler_that_fails_is_tried_again_with_backoff(bench: Bench) -> None:
    """A failed attempt leaves PENDING and a message that comes back later and later."""
    bench.handle(lambda _: fail(Retryable("The partner is down.", code="partner_down")))
    delays = []
    for _ in range(2):
        assert bench.deliver() is Then.RETURN
        assert bench.command.status is Status.PENDING
        delays.append(bench.queue.delays["r-1"])
    assert delays == [2, 4]
    assert bench.command.failure == Failure(
        code="partner_down", message="The partner is down.", retryable=True
    )


def test_the_last_attempt_moves_the_message_to_the_dlq(bench: Bench) -> None:
    """Out of attempts is FAILED and retryable, and the message has left the queue."""
    bench.handle(lambda _: fail(Retryable("The partner is down.")))
    thens = [bench.deliver() for _ in range(3)]
    assert thens == [Then.RETURN, Then.RETURN, Then.DEAD_LETTER]
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 3)
    assert [one.message_id for one in bench.queue.dead_lettered] == ["m-1"]
    assert bench.queue.deleted == ["r-1"]


def test_a_worker_that_died_before_it_moved_the_message_is_made_up_for(bench: Bench) -> None:
    """The failure was written: the message moves with its next delivery, and nothing runs."""
    bench.store.commands["c-1"] = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)
    assert bench.deliver() is Then.DEAD_LETTER
    assert len(bench.queue.dead_lettered) == 1
    assert not bench.seen


def test_receives_do_not_decide(bench: Bench) -> None:
    """However often a message was received for nothing, its command has all its attempts."""
    bench.handle(lambda _: fail(Retryable("The partner is down.")))
    for attempts in (1, 2):
        assert bench.deliver(message(receives=900)) is Then.RETURN
        assert bench.command.attempts == attempts


def test_a_handler_has_its_own_attempts_and_backoff(bench: Bench) -> None:
    """Settings beside a handler win over the environment's."""

    def never(_input: object, _context: Context) -> None:
        fail(Retryable("No."))

    own = Registered(handle=never, max_attempts=2, base_seconds=50, cap_seconds=60)
    bench.handlers["echo"] = own
    assert bench.deliver() is Then.RETURN
    assert bench.queue.delays == {"r-1": 50}
    assert bench.deliver() is Then.DEAD_LETTER
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 2)


def test_a_rejection_is_final(bench: Bench) -> None:
    """`Rejected` fails at once and the message is gone."""
    bench.handle(lambda _: fail(Rejected("No such product.", code="unknown_product")))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.failure == Failure(
        code="unknown_product", message="No such product.", retryable=False
    )


def test_a_message_that_is_no_work_fails_at_once(bench: Bench) -> None:
    """What can never succeed is recorded for the client and not retried."""
    assert bench.deliver(message("not json")) is Then.ACKNOWLEDGE
    assert (bench.command.status, bench.command.attempts) == (Status.FAILED, 0)
    assert bench.command.failure is not None
    assert bench.command.failure.code == "malformed_body"


def test_a_message_that_is_no_work_cannot_touch_another_command(bench: Bench) -> None:
    """Garbage under a known id leaves the command of that id alone."""
    bench.deliver()
    known = bench.command
    assert bench.deliver(message("garbage", message_id="m-2")) is Then.ACKNOWLEDGE
    assert bench.command == known


def test_what_may_be_the_only_message_of_a_waiting_command_is_not_dropped(bench: Bench) -> None:
    """An entry point stored the command, and nothing has been read for it yet: an alarm rings."""
    waits = command(Status.PENDING, attempts=0, message_id="")
    bench.store.commands["c-1"] = waits
    assert bench.deliver(message("garbage")) is Then.DEAD_LETTER
    assert [one.body for one in bench.queue.dead_lettered] == ["garbage"]
    assert bench.command == waits
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.COMPLETED
    assert bench.deliver(message("garbage", message_id="m-3")) is Then.ACKNOWLEDGE


def test_a_type_that_nobody_handles_fails_for_good(bench: Bench) -> None:
    """Its message came past the entry points, which would have refused it."""
    assert bench.deliver(message('{"type": "unheard_of"}')) is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "unknown_type"
    assert not bench.command.failure.retryable
    assert not bench.queue.dead_lettered


def test_a_type_that_an_entry_point_took_may_be_a_newer_releases(bench: Bench) -> None:
    """It waits for the worker of that release, and can be redriven if that comes too late."""
    stored = command(Status.PENDING, attempts=0, type="newer", work=fingerprint("newer", {"n": 1}))
    bench.store.commands["c-1"] = stored
    given = message(body_of("newer", {"n": 1}))
    assert bench.deliver(given) is Then.RETURN
    assert bench.command.status is Status.PENDING
    assert bench.command.failure is not None
    assert bench.command.failure.code == "unknown_type"
    assert bench.deliver(given) is Then.RETURN
    bench.handlers["newer"] = lambda _input, context: context.attempt
    assert bench.deliver(given) is Then.ACKNOWLEDGE
    assert bench.command.result == 3


def test_a_type_that_stays_unknown_ends_in_the_dlq(bench: Bench) -> None:
    """A stored command whose handler was removed does not go round for ever."""
    stored = command(Status.PENDING, attempts=0, type="gone", work=fingerprint("gone", {}))
    bench.store.commands["c-1"] = stored
    thens = [bench.deliver(message('{"type": "gone"}')) for _ in range(3)]
    assert thens == [Then.RETURN, Then.RETURN, Then.DEAD_LETTER]


def test_success_is_recorded_and_acknowledged(bench: Bench) -> None:
    """The result is stored, the lease is gone, and the record has an end."""
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.COMPLETED
    assert bench.command.result == {"attempt": 1}
    assert bench.command.lease is None
    assert bench.command.purge_at == NOW + timedelta(days=30)


@pytest.mark.parametrize("message_id", ["m-1", "m-2"])
def test_a_duplicate_of_a_finished_command_is_dropped(bench: Bench, message_id: str) -> None:
    """A second delivery or a second message of a finished command runs nothing."""
    bench.deliver()
    assert bench.deliver(message(message_id=message_id)) is Then.ACKNOWLEDGE
    assert len(bench.seen) == 1


def test_a_second_delivery_waits_for_the_first(bench: Bench) -> None:
    """The same message delivered while its command runs returns when the lease has ended."""
    bench.store.commands["c-1"] = command(lease=Lease("t-0", NOW + 20 * SECOND))
    assert bench.deliver() is Then.RETURN
    assert bench.queue.delays == {"r-1": 21}
    assert not bench.seen


def test_a_second_message_for_a_running_command_is_dropped(bench: Bench) -> None:
    """Another message under the same id is a duplicate while the first one runs."""
    bench.store.commands["c-1"] = command(message_id="m-0")
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert not bench.seen


def test_the_command_of_a_dead_worker_runs_again(bench: Bench) -> None:
    """Once the lease has run out it is a suspect, and whoever takes over has the next attempt."""
    bench.store.commands["c-1"] = command(lease=Lease("t-0", NOW - SECOND))
    assert bench.deliver() is Then.RUN_ALONE
    assert not bench.seen
    assert bench.deliver(alone=True) is Then.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 2}


def test_a_worker_lost_on_the_last_attempt_is_recorded(bench: Bench) -> None:
    """A crash on the last attempt is not run again: it is FAILED and goes to the DLQ."""
    bench.store.commands["c-1"] = command(attempts=3, lease=Lease("t-0", NOW - SECOND))
    assert bench.deliver() is Then.DEAD_LETTER
    assert (bench.command.status, bench.command.failure) == (Status.FAILED, WORKER_LOST)
    assert len(bench.queue.dead_lettered) == 1


@pytest.mark.parametrize("found_by", ["m-1", "m-2"])
def test_two_messages_that_find_a_lost_worker_leave_one_dead_letter_message(
    bench: Bench, found_by: str
) -> None:
    """Whichever finds it, one after the other."""
    bench.store.commands["c-1"] = command(attempts=3, lease=Lease("t-0", NOW - SECOND))
    for message_id in (found_by, "m-1", "m-2"):
        bench.deliver(message(message_id=message_id, sent_at=NOW - 60 * SECOND))
    assert {one.message_id for one in bench.queue.dead_lettered} == {found_by}
    assert bench.command.message_id == found_by


def test_two_messages_that_find_a_lost_worker_at_once_leave_one_dead_letter_message(
    bench: Bench,
) -> None:
    """Both were refused by the same record before either of them wrote."""
    lost = command(attempts=3, lease=Lease("t-0", NOW - SECOND))
    bench.store.commands["c-1"] = lost
    finish = bench.store.finish

    def interrupted(outcome: Command, token: str) -> None:
        bench.store.finish = finish  # type: ignore[method-assign]
        bench.deliver(message(message_id="m-2", sent_at=NOW - 60 * SECOND))
        finish(outcome, token)

    bench.store.finish = interrupted  # type: ignore[assignment,method-assign]
    assert bench.deliver(message(sent_at=NOW - 60 * SECOND)) is Then.RETURN
    assert [one.message_id for one in bench.queue.dead_lettered] == ["m-2"]
    assert bench.deliver(message(sent_at=NOW - 60 * SECOND)) is Then.ACKNOWLEDGE


@pytest.mark.parametrize("after", [2, 0, -0.9])
def test_a_message_that_is_sent_after_a_failure_gets_fresh_attempts(
    bench: Bench, after: float
) -> None:
    """Redriven, or sent again by its client, be it within a second: clocks differ."""
    failed = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)
    bench.store.commands["c-1"] = failed
    assert (
        bench.deliver(message(message_id="m-2", sent_at=NOW + after * SECOND)) is Then.ACKNOWLEDGE
    )
    assert bench.command.result == {"attempt": 1}


def test_an_older_duplicate_of_a_failed_command_is_dropped(bench: Bench) -> None:
    """Two messages of one command must not give each other fresh attempts for ever."""
    bench.store.commands["c-1"] = command(attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)
    older = message(message_id="m-2", sent_at=NOW - 2 * SECOND)
    assert bench.deliver(older) is Then.ACKNOWLEDGE
    assert (bench.seen, bench.queue.dead_lettered) == ([], [])


def test_an_overtaken_worker_writes_nothing(bench: Bench) -> None:
    """A worker that outlived its lease leaves the outcome to its successor."""

    def overtaken(context: Context) -> None:
        current = replace(context.command, lease=Lease("t-9", NOW + SECOND), attempts=2)
        bench.store.commands["c-1"] = current

    bench.handle(overtaken)
    assert bench.deliver() is Then.RETURN
    assert bench.command.lease == Lease("t-9", NOW + SECOND)


@pytest.mark.parametrize("result", [{1, 2}, "x" * 500_000, {"a": float("inf")}, "\ud800"])
def test_a_result_that_cannot_be_stored_is_final(bench: Bench, result: object) -> None:
    """The work is done, so it must not be repeated for a result that will never fit."""
    bench.handle(lambda _: result)  # type: ignore[arg-type,return-value]
    assert bench.deliver() is Then.ACKNOWLEDGE
    failure = bench.command.failure
    assert failure is not None
    assert (failure.code, failure.retryable) == ("result_too_large", False)
