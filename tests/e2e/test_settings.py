"""Every setting comes and goes on a live environment, while commands come in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scripts.errors import OperatorError
from tests.e2e.changes import applied, assert_all_completed
from tests.e2e.prober import Prober, route_keys
from tests.e2e.walk import (
    AFTER,
    BESIDE,
    State,
    all_pairs,
    goals,
    in_words,
    met,
    pairs,
    steps,
    variables,
)
from tests.issuer import AUDIENCE
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment
    from tests.issuer import Issuer

# What the submit function answers below /commands.
SUBMITTED = {"POST /commands", "POST /commands:batch", "PUT /commands/{id}"}

# What AWS cannot change on a live environment, by what the plan says.
REFUSED: dict[str, dict[str, Any]] = {
    "SQS cannot convert": {"commands": {"fifo": True}},
    "Records of .* expire by expiresAt": {"dynamodb_ttl_attribute": "goneAt"},
}


def test_the_walk_meets_every_setting_with_every_other() -> None:
    """Each pair of settings is there together at least once.

    In the API each change is a step, too, and each comes where each of the others is.
    """
    taken = steps()
    states = [before for before, _ in taken] + [taken[-1][1]]

    assert {pair for state in states for pair in pairs(state)} == all_pairs()
    assert {goal for before, after in taken for goal in met(before, after)} == goals()
    assert all(before != after for before, after in taken)
    assert len(taken) <= 18
    for feature in BESIDE:
        assert states[0][feature] == states[-1][feature]
    for feature, follows in AFTER.items():
        assert all(before[feature] in follows[after[feature]] for before, after in taken)


def loses_its_function(before: State, after: State) -> bool:
    """Whether the submit function is deleted, maybe before its routes have moved.

    See docs/submission.md.
    """
    return (before["submission"], after["submission"], after["routes"]) == (
        "validated",
        "direct",
        "none",
    )


@pytest.mark.long
@pytest.mark.timeout(4800)
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
        moving = SUBMITTED if loses_its_function(before, after) else set()
        assert [it for it in prober.failed if it.split(": ")[0] not in moving] == []
        if after["queues"] == "one draining":
            drained = replace(environment, outputs=outputs["queues"]["high"])
            eventually(lambda: drained.depth("sqs_queue_url") == 0 or None)
            assert drained.depth("sqs_dlq_url") == 0

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
