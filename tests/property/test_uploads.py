"""Each line of an upload becomes one command, and one result, whatever dies."""

from __future__ import annotations

from random import Random

import pytest

from command_api.domain.batches import When
from command_api.usecases import batches, submit, transfer
from tests.property.uploads import InAnyOrder, World


@pytest.fixture(autouse=True)
def in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the use cases act in an order that their seed decides, and not the threads of a pool."""
    random = Random(11)  # noqa: S311 - the same in every run
    for use_case in (batches, submit, transfer):
        monkeypatch.setattr(use_case, "ThreadPoolExecutor", lambda _: InAnyOrder(random))


@pytest.mark.parametrize("seed", range(6))
def test_no_line_is_lost_and_none_runs_twice(seed: int) -> None:
    """Kills at every call of the transfer and of the counter, and messages that come twice."""
    world = World(Random(seed), total=1 + seed * 400).run()  # noqa: S311 - the same in every run
    assert world.contradictions() == []
    assert world.batch.total == 1 + seed * 400
    assert world.counts.failed >= world.bad


@pytest.mark.parametrize("seed", range(4))
def test_a_cancelled_upload_ends_with_all_its_lines_accounted_for(seed: int) -> None:
    """While its lines become commands: what was not stored by then is no member."""
    world = World(Random(seed), total=6000, cancel_at=1 + 700 * seed, speed=20).run()  # noqa: S311
    assert world.contradictions() == []
    assert world.counts.cancelled > 0
    assert world.batch.total < 6000


def test_a_batch_succeeds_where_every_line_does() -> None:
    """Only then does what follows run, where it is to follow a success."""
    good = World(Random(1), total=60, when=When.ALL_SUCCEEDED, failing=0)  # noqa: S311
    while good.bad:
        good = World(Random(good.random.random()), total=60, when=When.ALL_SUCCEEDED, failing=0)  # noqa: S311
    assert good.run().contradictions() == []
    assert good.runs["b.then"] == 1


def test_a_slow_worker_holds_the_lines_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue is also others': no more than so many members wait in it."""
    monkeypatch.setattr(transfer, "MOST_WAITING", 1_000)
    world = World(Random(3), total=5_000, speed=200).run()  # noqa: S311
    assert world.contradictions() == []
    assert world.most_waiting <= 1_000 + transfer.SLICE


def test_it_costs_little() -> None:
    """Besides the members' own writes: 0.05 a member at most, whatever dies in between."""
    world = World(Random(7), total=6_000).run()  # noqa: S311
    assert world.contradictions() == []
    assert world.batches.writes / 6_000 <= 0.05
