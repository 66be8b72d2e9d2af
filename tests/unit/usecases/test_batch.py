"""A batch: side by side or in order, and trouble stays with the one who makes it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.errors import Retryable, Unavailable
from command_api.domain.model import Lease, Status
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, fail, message

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

ABANDONED = Lease("t-0", NOW - SECOND)


def mail(number: int, **changes: object) -> Message:
    """The message m-N for the command c-N."""
    given = message(
        message_id=f"m-{number}", receipt_handle=f"r-{number}", command_id=f"c-{number}"
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def order(bench: Bench) -> list[str]:
    """The commands in the order in which their handlers ran."""
    return [context.command.id for context in bench.seen]


def test_one_bad_message_does_not_take_its_neighbours_along(bench: Bench) -> None:
    """A failure in the middle of a batch returns that message and no other."""
    bench.handle(lambda context: fail(Retryable("No.")) if context.command.id == "c-2" else None)
    assert bench.batch(*(mail(n) for n in range(4))) == ["m-2"]


def test_messages_run_side_by_side(bench: Bench) -> None:
    """Four messages meet at a barrier that none could pass alone."""
    barrier = threading.Barrier(4, timeout=10)
    bench.handle(lambda _: barrier.wait())
    assert bench.batch(*(mail(n) for n in range(4)), concurrency=4) == []


def test_no_more_messages_run_at_once_than_allowed(bench: Bench) -> None:
    """`worker_batch_concurrency` is a limit."""
    running, most, lock = 0, 0, threading.Lock()

    def handle(_context: Context) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    bench.handle(handle)
    assert bench.batch(*(mail(n) for n in range(8)), concurrency=2) == []
    assert most == 2


def test_suspects_run_last_and_after_the_others_are_acknowledged(bench: Bench) -> None:
    """Whatever a suspect does to the process, its neighbours are out of the queue before."""
    for number in (0, 2):
        suspect = command(id=f"c-{number}", message_id=f"m-{number}", lease=ABANDONED)
        bench.store.commands[suspect.id] = suspect
    acknowledged: list[set[str]] = []

    def note(context: Context) -> None:
        if context.attempt == 2:
            acknowledged.append({*bench.queue.deleted})

    bench.handle(note)
    assert bench.batch(*(mail(n) for n in range(4))) == []
    assert sorted(order(bench)[:2]) == ["c-1", "c-3"]
    assert sorted(order(bench)[2:]) == ["c-0", "c-2"]
    first, second = acknowledged
    assert first == {"r-1", "r-3"}
    assert len(second) == 3


def test_a_suspect_without_attempts_does_not_run(bench: Bench) -> None:
    """What killed its worker on the last attempt is recorded and not tried again."""
    bench.store.commands["c-1"] = command(attempts=3, lease=ABANDONED)
    assert bench.batch(mail(1)) == []
    assert bench.store.commands["c-1"].status is Status.FAILED
    assert len(bench.queue.dead_lettered) == 1
    assert not bench.seen


def test_a_fifo_group_stops_at_its_first_failure(bench: Bench) -> None:
    """What follows a failure in its group comes back with it; other groups go on."""
    bench.handle(lambda context: fail(Retryable("No.")) if context.command.id == "c-1" else None)
    groups = ["a", "a", "b", "a", "b"]
    messages = [mail(n, group=group) for n, group in enumerate(groups)]
    assert bench.batch(*messages, fifo=True) == ["m-1", "m-3"]
    assert [one for one in order(bench) if one in ("c-0", "c-1", "c-3")] == ["c-0", "c-1"]


def test_a_fifo_group_with_a_suspect_waits_and_keeps_its_order(bench: Bench) -> None:
    """A group is resumed at its suspect, alone, and in order."""
    suspect = command(id="c-1", message_id="m-1", lease=ABANDONED)
    bench.store.commands["c-1"] = suspect
    messages = [mail(n, group="a" if n < 3 else "b") for n in range(5)]
    assert bench.batch(*messages, fifo=True) == []
    ran = order(bench)
    assert [one for one in ran if one in ("c-0", "c-1", "c-2")] == ["c-0", "c-1", "c-2"]
    assert ran.index("c-1") > max(ran.index("c-3"), ran.index("c-4"))


def test_often_received_messages_run_last_and_one_at_a_time(bench: Bench) -> None:
    """They may kill every worker before their claim: their neighbours are out of it by then."""
    acknowledged: list[set[str]] = []
    running = threading.Lock()

    def note(context: Context) -> None:
        if context.command.id in ("c-0", "c-2"):
            assert running.acquire(blocking=False)
            acknowledged.append({*bench.queue.deleted})
            running.release()

    bench.handle(note)
    messages = [mail(n, receives=11 if n in (0, 2) else 10) for n in range(4)]
    assert bench.batch(*messages) == []
    assert sorted(order(bench)[:2]) == ["c-1", "c-3"]
    assert sorted(order(bench)[2:]) == ["c-0", "c-2"]
    first, second = acknowledged
    assert first == {"r-1", "r-3"}
    assert len(second) == 3


def test_a_message_that_is_received_often_gets_behind_its_neighbours_in_time(bench: Bench) -> None:
    """In random order: of two that come often, each is first once in a while."""
    firsts = set()
    for _ in range(60):
        bench.store.commands.clear()
        bench.seen.clear()
        bench.batch(mail(0, receives=40), mail(1, receives=40))
        firsts.add(order(bench)[0])
    assert firsts == {"c-0", "c-1"}


def test_a_process_that_has_lived_through_trouble_knows_why_messages_come_often(
    bench: Bench,
) -> None:
    """After an outage everything was received often, and one at a time would take for ever."""
    worker = bench.worker(concurrency=4)
    deadline = bench.now + 30 * SECOND
    claim = bench.store.claim
    bench.store.claim = lambda *_: fail(Unavailable())  # type: ignore[method-assign]
    assert len(worker([mail(n) for n in range(4)], deadline=deadline)) == 4
    bench.store.claim = claim  # type: ignore[method-assign]
    barrier = threading.Barrier(4, timeout=10)
    bench.handle(lambda _: barrier.wait())
    assert worker([mail(n, receives=40) for n in range(4)], deadline=deadline) == []


@pytest.mark.parametrize("fifo", [False, True])
def test_a_dead_letter_message_leaves_the_queue_and_its_group_goes_on(
    bench: Bench, *, fifo: bool
) -> None:
    """The same on both kinds of queue: the worker moves it."""
    failed = command(id="c-0", message_id="m-0").failed(TEMPORARY, now=NOW, purge_at=LATER)
    bench.store.commands["c-0"] = failed
    messages = [mail(n, group="a") for n in range(2)]
    assert bench.batch(*messages, fifo=fifo) == []
    assert [one.message_id for one in bench.queue.dead_lettered] == ["m-0"]
    assert order(bench) == ["c-1"]


def test_a_dead_letter_that_cannot_be_moved_comes_back_for_it(bench: Bench) -> None:
    """Its failure is written; nothing is lost, and nothing runs again."""
    bench.handle(lambda _: fail(Retryable("No.")))
    bench.store.commands["c-1"] = command(Status.PENDING, attempts=2)
    dead_letter = bench.queue.dead_letter
    bench.queue.dead_letter = lambda message: fail(Unavailable(message.key))  # type: ignore[method-assign]
    assert bench.batch(mail(1)) == ["m-1"]
    assert bench.store.commands["c-1"].status is Status.FAILED
    bench.queue.dead_letter = dead_letter  # type: ignore[method-assign]
    assert bench.batch(mail(1)) == []
    assert len(bench.queue.dead_lettered) == 1
    assert len(bench.seen) == 1


def test_followers_come_back_when_their_turn_has_come(bench: Bench) -> None:
    """What was held back by a failure does not wait for the queue's own timeout."""
    bench.handle(lambda _: fail(Retryable("No.", after=5)))
    assert bench.batch(*(mail(n, group="a") for n in range(3)), fifo=True) == ["m-0", "m-1", "m-2"]
    assert bench.queue.delays == {"r-0": 5, "r-1": 0, "r-2": 0}
