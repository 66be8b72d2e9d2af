"""A batch: side by side or in order, and trouble stays with the one who makes it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.errors import Retryable
from command_api.domain.model import Lease, Status
from command_api.domain.renewal import Renewal
from tests.builders import FINAL, LATER, NOW, SECOND, TEMPORARY, command, fail, message

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
    acknowledged: list[list[str]] = []

    def note(context: Context) -> None:
        if context.attempt == 2:
            acknowledged.append(sorted(bench.queue.deleted))

    bench.handle(note)
    assert bench.batch(*(mail(n) for n in range(4))) == []
    assert sorted(order(bench)[:2]) == ["c-1", "c-3"]
    assert sorted(order(bench)[2:]) == ["c-0", "c-2"]
    assert acknowledged == [["r-1", "r-3"]] * 2


def test_a_suspect_without_attempts_does_not_run(bench: Bench) -> None:
    """What killed its worker on the last attempt is recorded and not tried again."""
    bench.store.commands["c-1"] = command(attempts=3, lease=ABANDONED)
    assert bench.batch(mail(1)) == ["m-1"]
    assert bench.store.commands["c-1"].status is Status.FAILED
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


@pytest.mark.parametrize(
    "known",
    [
        command(Status.PENDING, attempts=2),
        command(lease=ABANDONED, attempts=1),
        None,
    ],
)
def test_the_last_receive_of_an_innocent_is_renewed(bench: Bench, known: object) -> None:
    """A message that the queue would condemn next, but not its table, gets a fresh copy."""
    if known is not None:
        bench.store.commands["c-1"] = known  # type: ignore[assignment]
    assert bench.batch(mail(1, receives=3), mail(2)) == []
    assert [(copied.message_id, delay) for copied, delay in bench.queue.renewed] == [("m-1", 0)]
    assert bench.queue.deleted == ["r-1"]
    assert order(bench) == ["c-2"]


def test_a_copy_waits_for_a_lease_that_is_alive(bench: Bench) -> None:
    """A copy has another messageId, and would be dropped as a duplicate before."""
    bench.store.commands["c-1"] = command(lease=Lease("t-0", NOW + 20 * SECOND))
    assert bench.batch(mail(1, receives=3)) == []
    assert [delay for _, delay in bench.queue.renewed] == [21]


@pytest.mark.parametrize(
    ("known", "returned"),
    [
        (command().failed(TEMPORARY, now=NOW, purge_at=LATER), ["m-1"]),
        (command().failed(FINAL, now=NOW, purge_at=LATER), []),
        (command().completed(1, now=NOW, purge_at=LATER), []),
        (command(lease=ABANDONED, attempts=3), ["m-1"]),
    ],
)
def test_what_has_ended_is_not_renewed(bench: Bench, known: object, returned: list[str]) -> None:
    """The dead-letter queue gets what belongs there, and duplicates go."""
    bench.store.commands["c-1"] = known  # type: ignore[assignment]
    assert bench.batch(mail(1, receives=3)) == returned
    assert not bench.queue.renewed


def test_a_dead_letter_does_not_wait_for_the_visibility_timeout(bench: Bench) -> None:
    """On its last receive it is given back at once, so that SQS moves it on the next one."""
    failed = command().failed(TEMPORARY, now=NOW, purge_at=LATER)
    bench.store.commands["c-1"] = failed
    assert bench.batch(mail(1, receives=3)) == ["m-1"]
    assert bench.queue.delays == {"r-1": 0}
    assert not bench.seen


def test_what_the_table_never_saw_is_renewed_a_few_times_only(bench: Bench) -> None:
    """A message that keeps the worker from claiming it must end in the dead-letter queue."""
    assert bench.batch(mail(1, receives=3, renewal=Renewal(2, NOW, NOW))) == []
    assert len(bench.queue.renewed) == 1
    assert bench.batch(mail(2, receives=3, renewal=Renewal(3, NOW, NOW))) == []
    assert len(bench.queue.renewed) == 1
    assert order(bench) == ["c-2"]


def test_a_dead_letter_leaves_its_fifo_group_at_once(bench: Bench) -> None:
    """The group goes on behind it, instead of using up its receives together with it."""
    bench.queue.fifo = True
    failed = command(id="c-0", message_id="m-0").failed(TEMPORARY, now=NOW, purge_at=LATER)
    bench.store.commands["c-0"] = failed
    messages = [mail(n, group="a") for n in range(2)]
    assert bench.batch(*messages, fifo=True) == []
    assert bench.queue.condemned == ["m-0"]
    assert order(bench) == ["c-1"]


def test_followers_come_back_when_their_turn_has_come(bench: Bench) -> None:
    """What was held back by a failure does not wait for the queue's own timeout."""
    bench.handle(lambda _: fail(Retryable("No.", after=5)))
    assert bench.batch(*(mail(n, group="a") for n in range(3)), fifo=True) == ["m-0", "m-1", "m-2"]
    assert bench.queue.delays == {"r-0": 5, "r-1": 0, "r-2": 0}
