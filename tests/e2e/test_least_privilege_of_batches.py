"""Every granted action of the functions for batches and uploads is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.batched import BATCHED, SETTINGS, SUBMIT
from tests.e2e.changes import with_settings
from tests.e2e.test_least_privilege import assert_needed, grants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(2400), pytest.mark.xdist_group("batched")]


@pytest.fixture(scope="module")
def batched(environment: Environment) -> Iterator[Environment]:
    """The environment with batches and uploads; afterwards without."""
    with with_settings(environment, SETTINGS) as found:
        yield found


def test_every_grant_for_batches_has_a_probe(batched: Environment) -> None:
    """None for batches or uploads is one too many, by resource as well."""
    found = grants(batched, {owner for owner, _, _ in BATCHED})
    others = {one for one in found if one[0] == SUBMIT and one[1] != "batches"}
    assert found - others == set(BATCHED)


@pytest.mark.parametrize(
    ("owner", "policy", "action"), BATCHED, ids=["-".join(it) for it in BATCHED]
)
def test_what_a_grant_for_batches_is_needed_for(
    batched: Environment, owner: str, policy: str, action: str
) -> None:
    """What works with the grant does not without it."""
    assert_needed(batched, owner, action, BATCHED[owner, policy, action], policy)
