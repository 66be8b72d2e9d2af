"""Every granted action of the functions that tell what becomes of commands is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.changes import with_settings
from tests.e2e.test_least_privilege import assert_needed, granted
from tests.e2e.told import SETTINGS, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("told")]


@pytest.fixture(scope="module")
def told(environment: Environment) -> Iterator[Environment]:
    """The environment with all that tells what becomes of commands; afterwards without."""
    with with_settings(environment, SETTINGS) as found:
        yield found


def test_every_grant_of_who_tells_has_a_probe(told: Environment) -> None:
    """None of the notifier, the push function and the webhook sender is one too many."""
    assert granted(told, {owner for owner, _ in TOLD}) == set(TOLD)


@pytest.mark.parametrize(("owner", "action"), TOLD, ids=[f"{it[0]}-{it[1]}" for it in TOLD])
def test_what_a_grant_of_who_tells_is_needed_for(
    told: Environment, owner: str, action: str
) -> None:
    """What works with the grant does not without it."""
    assert_needed(told, owner, action, TOLD[owner, action])
