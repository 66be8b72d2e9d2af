"""Every granted action is needed: take it away, and something that worked fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.probes import PROBES, PURPOSE
from tests.e2e.roles import policies, role_of, without
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.environment import Environment

# Lambda writes the log itself with the function's role; the emulator does so without asking IAM.
NOT_ENFORCED_HERE = {"logs:CreateLogStream", "logs:PutLogEvents"}


def grants(environment: Environment, owners: set[str]) -> set[tuple[str, str, str]]:
    """What the roles of these functions may do, by policy."""
    found = set()
    for owner in owners:
        for name, document in policies(environment, role_of(environment, owner)).items():
            for statement in document["Statement"]:
                actions = statement["Action"]
                listed = [actions] if isinstance(actions, str) else actions
                found |= {(owner, name, action) for action in listed}
    return {one for one in found if one[2] not in NOT_ENFORCED_HERE}


def granted(environment: Environment, owners: set[str]) -> set[tuple[str, str]]:
    """What the roles of these functions may do."""
    return {(owner, action) for owner, _, action in grants(environment, owners)}


def assert_needed(
    environment: Environment,
    owner: str,
    action: str,
    probe: Callable[[Environment], bool],
    policy: str = "",
) -> None:
    """The probe succeeds with the grant, fails without it, and succeeds again."""
    environment.client("secretsmanager").put_secret_value(
        SecretId=environment.outputs["secret_names"][PURPOSE], SecretString="value"
    )
    assert probe(environment)
    with without(environment, role_of(environment, owner), action, policy):
        assert not probe(environment)
    eventually(lambda: probe(environment), seconds=10)


def test_every_grant_has_a_probe(environment: Environment) -> None:
    """A grant that no probe below needs is one too many."""
    assert granted(environment, {owner for owner, _ in PROBES}) == set(PROBES)


@pytest.mark.long
@pytest.mark.parametrize(
    ("owner", "action"), PROBES, ids=[f"{owner.split('_')[0]}-{action}" for owner, action in PROBES]
)
def test_what_a_grant_is_needed_for(environment: Environment, owner: str, action: str) -> None:
    """What works with the grant does not without it."""
    assert_needed(environment, owner, action, PROBES[owner, action])
