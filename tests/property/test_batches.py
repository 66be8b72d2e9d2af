"""Members are counted once, and what follows a batch is stored once, whatever dies."""

from __future__ import annotations

from random import Random

import pytest

from command_api.domain.batches import When
from tests.property.batches import HEALTHY, Counting


@pytest.mark.parametrize("seed", range(12))
def test_counts_are_off_by_nothing(seed: int) -> None:
    """Kills at every call, shards that split, records that come again in other batches."""
    counting = Counting(Random(seed), total=1 + seed * 150).run()  # noqa: S311 - the same in every run
    assert counting.contradictions() == []


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_of_which_some_have_failed_has_not_succeeded(seed: int) -> None:
    """Nothing follows it."""
    counting = Counting(Random(seed), total=400, when=When.ALL_SUCCEEDED).run()  # noqa: S311 - the same in every run
    assert counting.counts.failed > 0
    assert counting.contradictions() == []


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_that_succeeds_after_a_redrive_is_followed(seed: int) -> None:
    """The failures that were redriven are no failures any more."""
    counting = Counting(Random(seed), total=400, when=When.ALL_SUCCEEDED, kinds=HEALTHY).run()  # noqa: S311 - the same in every run
    assert counting.counts.completed == 400
    assert counting.contradictions() == []


def test_counting_costs_little() -> None:
    """One write for each batch of records, whatever dies in between: 0.05 a member at most."""
    counting = Counting(Random(7), total=20_000).run()  # noqa: S311 - the same in every run
    assert counting.contradictions() == []
    assert counting.batches.writes / 20_000 <= 0.05
