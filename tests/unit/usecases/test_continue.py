"""A handler that continues: another invocation goes on, and nothing is lost in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain.context import Registered
from command_api.domain.decision import Then
from command_api.domain.errors import Continue, Retryable, Unavailable
from command_api.domain.model import Status
from command_api.domain.retry import LONGEST_WAIT_SECONDS
from tests.builders import LATER, fail, message
from tests.unit.usecases.test_pause import Broken

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from command_api.domain.model import JSON
    from tests.unit.conftest import Bench

LAST = 3


def counting(context: Context) -> JSON:
    """Count to three, one a slice."""
    assert context.state is None or isinstance(context.state, int)
    done = (context.state or 0) + 1
    return done if done == LAST else fail(Continue(done))


def sent(bench: Bench) -> Message:
    """The message for the next slice, as SQS delivers it."""
    copy, _ = bench.queue.copied[-1]
    return replace(copy, message_id=f"m-{len(bench.queue.copied) + 1}", receipt_handle="r-2")


def test_slice_follows_slice_until_the_handler_returns(bench: Bench) -> None:
    """Each with what the one before passed on, at its first attempt."""
    bench.handle(counting)
    bench.deliver()
    assert (bench.command.status, bench.command.attempts) == (Status.PENDING, 0)
    bench.deliver(sent(bench))
    bench.deliver(sent(bench))
    assert [context.state for context in bench.seen] == [None, 1, 2]
    assert [context.attempt for context in bench.seen] == [1, 1, 1]
    assert (bench.command.status, bench.command.result) == (Status.COMPLETED, LAST)
    assert [outcome for _, outcome, _ in bench.measured] == ["continued", "continued", "completed"]
    assert ["Wait" in numbers for *_, numbers in bench.measured] == [True, False, False]


def test_the_message_is_replaced_by_one_for_the_next_slice(bench: Bench) -> None:
    """The new one has no receives and the whole retention; the old one is deleted at once."""
    bench.handle(lambda _: fail(Continue(1, after=timedelta(minutes=2))))
    assert bench.deliver() is Then.ACKNOWLEDGE
    ((copy, delay),) = bench.queue.copied
    assert (copy.identity, copy.key, delay) == ("m-1/1", "c-1", 120)
    assert bench.queue.deleted == ["r-1"]


def test_a_longer_wait_than_sqs_has_goes_on_at_the_worker(bench: Bench) -> None:
    """SQS delays a message by 15 minutes; the worker hides it for the rest, and claims nothing."""
    bench.handle(lambda _: fail(Continue(1, after=3_600)))
    bench.deliver()
    assert bench.queue.copied[0][1] == 900
    bench.pass_time(900)
    assert bench.deliver(sent(bench)) is Then.RETURN
    assert bench.queue.delays == {"r-2": 2_700}
    assert (len(bench.seen), bench.command.status) == (1, Status.PENDING)
    bench.pass_time(2_700)
    bench.deliver(sent(bench))
    assert len(bench.seen) == 2


def test_the_message_of_a_fifo_queue_comes_back_itself(bench: Bench) -> None:
    """A copy would lose its place; the group waits behind it."""
    bench.handle(lambda _: fail(Continue(1, after=5)))
    followers = [message(), message(message_id="m-2", receipt_handle="r-2", command_id="c-2")]
    assert bench.batch(*followers, fifo=True) == ["m-1", "m-2"]
    assert bench.queue.delays == {"r-1": 5, "r-2": 0}
    assert bench.queue.copied == []
    assert list(bench.store.commands) == ["c-1"]


def test_a_failed_attempt_counts_for_its_slice_alone(bench: Bench) -> None:
    """The next slice has all of them again, and the failed one its state."""
    failures = iter([False, True, True, False, True, True, False])

    def flaky(context: Context) -> JSON:
        return fail(Retryable("Not now.")) if next(failures) else counting(context)

    bench.handle(flaky)
    bench.deliver()
    for _ in range(3):
        bench.deliver(sent(bench))
    following = sent(bench)
    for _ in range(3):
        bench.deliver(following)
    assert [context.state for context in bench.seen] == [None, 1, 1, 1, 2, 2, 2]
    assert bench.command.status is Status.COMPLETED


def test_except_exception_does_not_catch_it(bench: Bench) -> None:
    """A handler may guard what it does."""

    def guarded(_: Context) -> JSON:
        try:
            return fail(Continue(7))
        except Exception:  # noqa: BLE001 - what a handler may do
            return "caught"

    bench.handle(guarded)
    bench.deliver()
    assert bench.command.state == 7


def test_an_async_handler_continues(bench: Bench) -> None:
    """In the same way."""

    async def later() -> JSON:
        raise Continue(7)

    bench.handle(lambda _: later())  # type: ignore[arg-type, return-value]
    bench.deliver()
    assert bench.command.state == 7


def test_too_many_slices_end_the_command(bench: Bench) -> None:
    """It may be redriven where the limit was raised; the last state is kept."""
    bench.handle(lambda context: fail(Continue(context.command.slices)))
    handle = bench.handlers["echo"]
    assert callable(handle)
    bench.handlers["echo"] = Registered(handle=handle, max_slices=2)
    bench.deliver()
    assert bench.deliver(sent(bench)) is Then.DEAD_LETTER
    assert bench.command.failure is not None
    assert (bench.command.failure.code, bench.command.state) == ("too_many_slices", 0)


def test_a_wait_beyond_what_a_queue_can_wait_ends_the_command(bench: Bench) -> None:
    """The failure says so."""
    bench.handle(lambda _: fail(Continue(1, after=LONGEST_WAIT_SECONDS + 1)))
    bench.deliver()
    assert bench.command.failure is not None
    assert bench.command.failure.code == "slice_too_late"


@pytest.mark.parametrize("state", [object(), "x" * 40_000])
def test_a_state_that_does_not_fit_ends_the_command(bench: Bench, state: JSON) -> None:
    """A large one needs a bucket, and the failure says which setting."""
    bench.handle(lambda _: fail(Continue(state)))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.failure is not None
    assert bench.command.failure.code == "state_too_large"


def test_a_state_that_cannot_be_read_costs_no_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bucket is away, and the handler is not asked."""
    bench.handle(counting)
    bench.deliver()
    with monkeypatch.context() as patched:
        patched.setattr(bench.store, "load_state", lambda _: fail(Unavailable()))
        assert bench.deliver(sent(bench)) is Then.RETURN
    assert (bench.command.status, bench.command.attempts) == (Status.PENDING, 0)
    assert len(bench.seen) == 1


def test_a_queue_that_takes_no_copy_keeps_the_message(bench: Bench) -> None:
    """The slice has ended; the message comes back and runs the next one."""
    bench.handle(counting)
    bench.queue = Broken("copy", error=ConnectionError())
    assert bench.batch(message()) == ["m-1"]
    assert (bench.command.status, bench.command.state) == (Status.PENDING, 1)
    bench.batch(message())
    assert [context.state for context in bench.seen] == [None, 1]


def test_a_message_that_was_left_behind_ends_where_another_goes_on(bench: Bench) -> None:
    """Its worker died after it had sent the message for the next slice."""
    bench.handle(lambda context: fail(Continue(context.command.slices)))
    bench.queue = Broken("delete")
    bench.deliver()
    first = sent(bench)
    bench.deliver(first)
    second = sent(bench)
    bench.deliver(second)
    bench.now = LATER
    assert bench.deliver(first) is Then.ACKNOWLEDGE
    assert [context.state for context in bench.seen] == [None, 0, 1]
    assert bench.command.slices == 3
