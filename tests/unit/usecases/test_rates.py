"""A type with a rate: what finds no start waits, and uses up nothing by that."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest

from command_api import Registered
from command_api.domain.errors import Unavailable
from command_api.domain.message import body_of
from command_api.domain.rates import FAR, SECOND, Bucket
from command_api.domain.timing import Timing
from tests.builders import NOW
from tests.fakes.rates import InMemoryBuckets
from tests.unit.usecases.test_batch import mail, order

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

MOMENT = int(NOW.timestamp()) * SECOND


@pytest.fixture
def limited(bench: Bench) -> Bench:
    """A bench where `echo` may start once in two seconds."""
    bench.handle(lambda _: None)
    bench.handlers["echo"] = Registered(handle=bench.handlers["echo"], rate="0.5/s")  # type: ignore[arg-type]
    return bench


def test_what_finds_no_start_waits_its_turn_and_is_not_claimed(limited: Bench) -> None:
    """Two seconds each: the first starts at once, the second a moment later, two come back."""
    returned = limited.batch(*(mail(n) for n in range(4)), concurrency=4)

    assert sorted(order(limited)) == ["c-0", "c-1"]
    assert returned == ["m-2", "m-3"]
    # Places are a hundredth farther apart than starts, and times in whole seconds.
    assert limited.queue.delays == {"r-2": 3, "r-3": 5}
    assert set(limited.store.commands) == {"c-0", "c-1"}
    assert limited.measured.count(("echo", "limited", {"Limited": 1})) == 2
    assert limited.buckets.writes == 1


def test_a_place_more_than_a_minute_ahead_is_a_copy_that_knows_it(limited: Bench) -> None:
    """It is not in flight meanwhile; one that is hours ahead is copied again and again."""
    far = MOMENT + 3_600 * SECOND
    limited.buckets.found["echo"] = Bucket(MOMENT + 10 * SECOND, far)
    assert limited.batch(mail(1)) == []

    ((copy, seconds),) = limited.queue.copied
    assert (copy.copy_of, seconds) == ("", 900)
    assert copy.not_before == NOW + timedelta(hours=1)
    assert limited.queue.deleted == ["r-1"]

    again = replace(mail(2), copy_of="m-1", not_before=copy.not_before)
    limited.pass_time(900)
    limited.batch(again)
    assert [seconds for _, seconds in limited.queue.copied] == [900, 900]
    assert not limited.seen


def test_the_copy_runs_when_its_time_has_come(limited: Bench) -> None:
    """It has had its place, and takes the next start before those that are new."""
    limited.buckets.found["echo"] = Bucket(MOMENT - SECOND, MOMENT + 100 * FAR)
    back = replace(mail(2), copy_of="m-0", not_before=NOW - timedelta(seconds=1))
    limited.batch(mail(1), back)

    assert order(limited) == ["c-2"]
    assert [message.message_id for message, _ in limited.queue.copied] == ["m-1"]


def test_a_type_that_has_lost_its_rate_keeps_no_place(bench: Bench) -> None:
    """A release without the rate runs what still waits for it."""
    assert bench.batch(replace(mail(1), copy_of="m-0", not_before=NOW + timedelta(hours=2))) == []
    assert bench.store.commands["c-1"].attempts == 1


def test_in_an_ordered_group_nothing_overtakes(limited: Bench) -> None:
    """The group behind stays hidden, a copy would lose its place; other groups go on."""
    limited.buckets.found["echo"] = Bucket(MOMENT, MOMENT + 7_200 * SECOND)
    messages = [mail(n, group="ab"[n % 2]) for n in range(4)]
    assert limited.batch(*messages, fifo=True) == ["m-0", "m-1", "m-2", "m-3"]

    assert not limited.seen
    assert limited.queue.copied == []
    assert limited.queue.delays["r-0"] == 7_200
    assert limited.queue.delays["r-2"] == limited.queue.delays["r-3"] == 0


def test_a_second_in_an_ordered_group_takes_its_start_when_its_turn_comes(limited: Bench) -> None:
    """Not before: its start would have passed by the time that the first has ended."""
    messages = [mail(n, group="a") for n in range(2)]
    assert limited.batch(*messages, fifo=True) == []

    assert order(limited) == ["c-0", "c-1"]
    assert limited.buckets.writes == 2


@pytest.mark.parametrize("paused", [True, False])
def test_what_will_not_run_takes_no_start(limited: Bench, *, paused: bool) -> None:
    """A paused type, a command before its time, and one that is too late."""
    if paused:
        limited.paused = {"echo"}
    timings = [Timing(NOW + timedelta(minutes=5)), Timing(None, NOW - timedelta(seconds=1))]
    bodies = [body_of("echo", {}, timing=timing) for timing in timings]
    limited.batch(*(mail(n, body=body) for n, body in enumerate(bodies)))

    assert limited.buckets.writes == 0


def test_owners_share_no_bucket_where_each_has_one(limited: Bench) -> None:
    """One write for each."""
    handler = limited.handlers["echo"]
    assert isinstance(handler, Registered)
    limited.handlers["echo"] = replace(handler, per="owner")
    limited.batch(*(mail(n, owner="ab"[n % 2]) for n in range(4)))

    assert len(limited.seen) == 4
    assert set(limited.buckets.found) == {"echo/a", "echo/b"}


def test_an_owner_of_any_length_has_a_bucket(limited: Bench) -> None:
    """DynamoDB takes keys of 2,048 bytes."""
    handler = limited.handlers["echo"]
    assert isinstance(handler, Registered)
    limited.handlers["echo"] = replace(handler, per="owner")
    limited.batch(*(mail(n, owner="ü" * 5_000 + str(n)) for n in range(2)))

    assert len(limited.buckets.found) == 2
    assert {len(key) for key in limited.buckets.found} == {len("echo/") + 64}


class Away(InMemoryBuckets):
    """A table that does not answer."""

    def change(self, *_: object) -> NoReturn:
        """Throttle."""
        self.writes += 1
        raise Unavailable("throttled")


def test_a_table_that_is_away_is_asked_once_and_costs_no_attempt(limited: Bench) -> None:
    """All of the batch come back, with a delay that grows."""
    limited.buckets = Away()
    assert limited.batch(*(mail(n) for n in range(4))) == ["m-0", "m-1", "m-2", "m-3"]
    assert limited.buckets.writes == 1
    assert limited.store.commands == {}
    assert set(limited.queue.delays) == {"r-0", "r-1", "r-2", "r-3"}


def test_a_message_that_has_waited_for_a_slow_neighbour_takes_another_start(limited: Bench) -> None:
    """Its own has passed meanwhile, and others may have those since."""
    handler = limited.handlers["echo"]
    assert isinstance(handler, Registered)
    limited.handlers["echo"] = replace(
        handler, handle=lambda *_: limited.pass_time(10.0), rate="10/s"
    )
    limited.batch(*(mail(n) for n in range(3)), concurrency=1)

    assert len(limited.store.commands) == 3
    assert limited.buckets.writes == 3


def test_a_worker_whose_types_have_no_rate_imports_nothing_of_this() -> None:
    """Neither the rules nor the table of buckets."""
    code = (
        "import sys; import command_api.composition.worker, handlers;"
        "print([name for name in sys.modules if name.endswith('.rates')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "src"},
    )
    assert done.stdout.strip() == "[]"
