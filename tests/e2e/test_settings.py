"""Every setting comes and goes on a live environment, while commands come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.errors import OperatorError
from tests.e2e.changes import applied, assert_all_completed
from tests.e2e.prober import Prober, route_keys
from tests.e2e.walk import BESIDE, State, goals, in_words, met, steps, variables
from tests.issuer import AUDIENCE

if TYPE_CHECKING:
    from tests.environment import Environment
    from tests.issuer import Issuer

# What AWS cannot change on a live environment, by what the plan says.
REFUSED: dict[str, dict[str, Any]] = {
    "SQS cannot convert": {"commands": {"fifo": True}},
    "Records of .* expire by expiresAt": {"dynamodb_ttl_attribute": "goneAt"},
}


def test_the_walk_meets_every_setting_with_every_other() -> None:
    """Each change of a setting is a step, and each comes where each of the others is."""
    taken = steps()

    assert {goal for before, after in taken for goal in met(before, after)} == goals()
    assert all(before != after for before, after in taken)
    assert len(taken) <= 18
    for feature, settings in BESIDE.items():
        seen = [before[feature] for before, _ in taken] + [taken[-1][1][feature]]
        assert set(seen) == set(settings)
        assert seen[0] == seen[-1]


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_settings_come_and_go_under_load(environment: Environment, issuer: Issuer) -> None:
    """Each apply succeeds at once, keeps all data and every route, and loses no command."""
    jwt = {"mode": "jwt", "issuer": issuer.url, "audience": [AUDIENCE]}
    endpoint = environment.outputs["api_endpoint"]
    accepted: set[str] = set()

    def step(before: State, after: State) -> None:
        there = route_keys(environment)
        with Prober(environment, endpoint, there, issuer) as prober:
            outputs = applied(environment, variables(after, jwt))
        accepted.update(prober.accepted)
        kept = there & route_keys(environment)
        assert outputs["api_endpoint"] == endpoint
        assert {it for it in prober.unknown if it in kept} == set()
        # See docs/submission.md: the submit function may go before its routes have moved.
        assert prober.failed == [] or before["submission"] == "validated"

    for before, after in steps():
        try:
            step(before, after)
        except (AssertionError, OperatorError) as error:
            error.add_note(in_words(before, after))
            raise
    assert_all_completed(environment, accepted)


@pytest.mark.long
@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_change_is_refused_before_anything_does(
    environment: Environment, issuer: Issuer, said: str
) -> None:
    """No route and no command notices, and the plan of what was there stays empty."""
    routes, endpoint = route_keys(environment), environment.outputs["api_endpoint"]
    with Prober(environment, endpoint, routes, issuer) as prober:
        with pytest.raises(OperatorError, match=said):
            applied(environment, REFUSED[said])
        applied(environment, {})

    assert prober.unknown == prober.failed == []
    assert_all_completed(environment, prober.accepted)
